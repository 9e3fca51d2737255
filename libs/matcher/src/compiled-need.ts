// The criteria once more, made for speed: no reasons, sets for long lists, one pass per question. match.spec.ts holds
// it to the criteria, so a new criterion fails there until it stands here too.
import type { Offer, Requirements } from '@pilotfish/model';
import { memoryShare } from './memory-share.ts';
import type { Need } from './need.ts';
import { platformMet } from './platform-order.ts';

/** undefined: anything will do. */
type Allowed = ReadonlySet<string> | undefined;

/** All that `suits` reads in one object: over thousands of needs, following references is what costs. */
export interface CompiledNeed {
  readonly vo: string;
  readonly owner: string;
  readonly group: string;
  readonly jobType: string;
  readonly platforms: readonly string[];
  readonly sites: Allowed;
  readonly bannedSites: Allowed;
  readonly endpoints: Allowed;
  readonly tags: Allowed;
  /** Equal for needs that `hasRoomFor` doesn't tell apart. */
  readonly shape: string;
}

/** By object: needs never change, and those that nobody holds any more go by themselves. */
const compiled = new WeakMap<Need, CompiledNeed>();

export function compile(need: Need): CompiledNeed {
  const known = compiled.get(need);
  if (known !== undefined) return known;
  const { vo, owner, group, requirements } = need;
  const { sites, bannedSites, endpoints, tags, jobType, platforms } = requirements;
  const made: CompiledNeed = {
    vo,
    owner,
    group,
    jobType,
    platforms,
    sites: setOf(sites),
    bannedSites: setOf(bannedSites),
    endpoints: setOf(endpoints),
    tags: setOf(tags),
    shape: shapeOf(requirements),
  };
  compiled.set(need, made);
  return made;
}

function setOf(names: readonly string[]): Allowed {
  return names.length === 0 ? undefined : new Set(names);
}

function shapeOf({ processors, wholeNode, memoryMb, diskMb, gpus, cpuTimeS }: Requirements): string {
  return `${processors.min}/${processors.max}/${wholeNode}/${memoryMb}/${diskMb}/${gpus}/${cpuTimeS}`;
}

/** Whose node it is, where and what: the answer stays the same for every node of its kind. */
export function suits(need: CompiledNeed, offer: Offer): boolean {
  const { sites, bannedSites, endpoints, tags } = need;
  return (
    need.vo === offer.vo &&
    serves(offer.owners, need.owner) &&
    serves(offer.groups, need.group) &&
    (sites === undefined || sites.has(offer.site)) &&
    !bannedSites?.has(offer.site) &&
    (endpoints === undefined || endpoints.has(offer.endpoint)) &&
    serves(offer.jobTypes, need.jobType) &&
    suitsTags(tags, offer) &&
    platformMet(need.platforms, offer.platforms)
  );
}

function serves(names: readonly string[], name: string): boolean {
  return names.length === 0 || names.includes(name);
}

function suitsTags(tags: Allowed, offer: Offer): boolean {
  for (const tag of offer.requiredTags) if (!tags?.has(tag)) return false;
  if (tags !== undefined)
    for (const tag of tags) if (!offer.tags.includes(tag) && !offer.requiredTags.includes(tag)) return false;
  return true;
}

/** The kinds of node that `suits` tells apart: offers with equal keys suit the same needs. */
export function kindOf(offer: Offer): string {
  const { vo, site, endpoint, platforms, tags, requiredTags, jobTypes, owners, groups } = offer;
  return JSON.stringify([vo, site, endpoint, platforms, tags, requiredTags, jobTypes, owners, groups]);
}

/** What is free, and for how long: once this fails on a node, it fails until a job there ends. */
export function hasRoomFor(requirements: Requirements, { free, total, empty, timeLeftS }: Offer): boolean {
  const { processors, wholeNode, memoryMb, diskMb, gpus, cpuTimeS } = requirements;
  return (
    processors.min <= free.processors &&
    cpuTimeS <= timeLeftS &&
    (memoryMb > 0 ? memoryMb : memoryShare(total) * processors.min) <= free.memoryMb &&
    diskMb <= free.diskMb &&
    gpus <= free.gpus &&
    (!wholeNode || (empty && free.processors >= total.processors))
  );
}
