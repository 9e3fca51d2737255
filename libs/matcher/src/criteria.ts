// Every criterion, in the order in which reasons are shown: whose node it is, where and what it is, then how much of it
// is free. A new criterion is one file, one line here and one in compiled-need.ts.
import { bannedSite } from './criteria/banned-site.ts';
import { disk } from './criteria/disk.ts';
import { endpoint } from './criteria/endpoint.ts';
import { gpus } from './criteria/gpus.ts';
import { group } from './criteria/group.ts';
import { jobType } from './criteria/job-type.ts';
import { memory } from './criteria/memory.ts';
import { owner } from './criteria/owner.ts';
import { platform } from './criteria/platform.ts';
import { processors } from './criteria/processors.ts';
import { requiredTags } from './criteria/required-tags.ts';
import { site } from './criteria/site.ts';
import { tags } from './criteria/tags.ts';
import { timeLeft } from './criteria/time-left.ts';
import { vo } from './criteria/vo.ts';
import { wholeNode } from './criteria/whole-node.ts';
import type { Criterion } from './need.ts';

type Named = readonly { readonly name: string; readonly check: Criterion }[];

/** About the node as such: the answer stays the same while the node fills. */
const KIND = [
  { name: 'vo', check: vo },
  { name: 'owner', check: owner },
  { name: 'group', check: group },
  { name: 'site', check: site },
  { name: 'banned-site', check: bannedSite },
  { name: 'endpoint', check: endpoint },
  { name: 'platform', check: platform },
  { name: 'tags', check: tags },
  { name: 'required-tags', check: requiredTags },
  { name: 'job-type', check: jobType },
  { name: 'time-left', check: timeLeft },
] as const satisfies Named;

/** About what is free: once these fail, they fail until a job on the node ends. */
const AMOUNTS = [
  { name: 'whole-node', check: wholeNode },
  { name: 'processors', check: processors },
  { name: 'memory', check: memory },
  { name: 'disk', check: disk },
  { name: 'gpus', check: gpus },
] as const satisfies Named;

export const CRITERIA = [...KIND, ...AMOUNTS] as const;

export type CriterionName = (typeof CRITERIA)[number]['name'];
