// From a checked description to what the use case stores: the VO, group and owner come from the caller, never from the
// description; a sandbox must have been uploaded by him.
import type { JobDescription } from '@pilotfish/api-contract';
import type { PeopleStore } from '@pilotfish/identity';
import { expandSweep, requirementsKey, substituteJobId, toPayload, toRequirements } from '@pilotfish/job-description';
import { type Caller, type Digest, WmsError } from '@pilotfish/model';
import type { Submission } from '@pilotfish/workload';
import type { Api } from './wiring.ts';

export type UserCaller = Extract<Caller, { kind: 'user' }>;

/** In which VO the caller submits: his own, or, for an operator, the one that he names. */
export async function submissionVo(
  people: PeopleStore,
  caller: UserCaller,
  named: string | undefined,
): Promise<string> {
  if (caller.vo === null && named === undefined) {
    throw new WmsError('bad-description', 'you belong to no VO: name one', [
      { pointer: '#/vo', detail: 'add `vo: NAME` (or --vo NAME)' },
    ]);
  }
  if (caller.vo !== null && named !== undefined && named !== caller.vo) {
    throw new WmsError('wrong-vo', `you belong to VO ${caller.vo} and can't submit for ${named}; leave out vo`);
  }
  if (caller.vo !== null) return caller.vo;
  const known = (await people.vos()).map(({ name }) => name);
  if (!known.includes(named!))
    throw new WmsError('unknown-vo', `there is no VO ${named}; there are: ${known.join(', ') || 'none yet'}`);
  return named!;
}

export async function prepare(
  { people, sandboxRights }: Pick<Api, 'people' | 'sandboxRights'>,
  caller: UserCaller,
  description: JobDescription,
  pointer: string,
): Promise<readonly Submission[]> {
  const vo = await submissionVo(people, caller, description.vo);
  const digest = description.inputSandbox as Digest | null;
  if (digest !== null && !(await sandboxRights.owns(digest, vo, caller.name))) {
    const detail = `you have not uploaded ${digest}; PUT it to /sandboxes/${digest} first`;
    throw new WmsError('bad-description', 'the input sandbox is not here', [
      { pointer: `${pointer}/inputSandbox`, detail },
    ]);
  }
  return expandSweep(description).map((member) => submission(caller, vo, member, pointer));
}

function submission(caller: UserCaller, vo: string, member: JobDescription, pointer: string): Submission {
  const requirements = toRequirements(member);
  return {
    pointer,
    payload: (id) => toPayload(substituteJobId(member, id)),
    job: {
      vo,
      group: caller.group,
      owner: caller.name,
      name: member.name,
      jobGroup: member.jobGroup,
      priority: member.priority,
      requirements,
      requirementsKey: requirementsKey(requirements),
      credential: member.credential ?? 'none',
      labels: member.labels,
      maxReschedules: member.maxReschedules,
    },
  };
}
