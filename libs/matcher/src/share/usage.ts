// What each node of the share tree has used, and where it stands in the turns of its siblings: start-time fair queueing
// (Goyal, Vin, Cheng 1996) at every level, in core-seconds per weight, charged at the claim and corrected at the end.
import type { Level, Place } from '../turn.ts';
import { BACKGROUND_ROOT, placeOf, ROOT, type ShareTree, type Who } from './share-tree.ts';

/** All numbers lose half of their value per half-life, together, so that what happened long ago is forgiven. */
export interface Account {
  /** Core-seconds used; open jobs count with what was charged for them. */
  coreS: number;
  /** Of these, what was charged for jobs that have not ended. */
  openCoreS: number;
  /** Core-seconds per weight: the next of its siblings to be served is the one with the lowest. */
  standing: number;
  /** Where its children are served now, without their open jobs: where one that comes back from a rest begins. */
  clock: number;
  /** Whether it had waiting jobs at the last `wake`. */
  awake: boolean;
}

/** Changed in place: a copy per claim would cost more than the match. By key of the share tree, inner nodes included. */
export interface Usage {
  readonly accounts: Map<string, Account>;
}

export function noUsage(): Usage {
  return { accounts: new Map() };
}

export function accountOf(usage: Usage, key: string): Account {
  const known = usage.accounts.get(key);
  if (known !== undefined) return known;
  const account: Account = { coreS: 0, openCoreS: 0, standing: 0, clock: 0, awake: false };
  usage.accounts.set(key, account);
  return account;
}

/** Who rested begins where the others are, less his burst: time without waiting jobs is not owed. */
export function standingOf(account: Account, parent: Account, { weight, burstCoreS }: Omit<Level, 'key'>): number {
  return account.awake ? account.standing : Math.max(account.standing, parent.clock - burstCoreS / weight);
}

/** At the claim, with the core-seconds that the job is expected to take. */
export function charge(usage: Usage, { root, levels }: Place, coreS: number): void {
  let parent = accountOf(usage, root);
  for (const level of levels) {
    const account = accountOf(usage, level.key);
    const standing = standingOf(account, parent, level);
    parent.clock = Math.max(parent.clock, standing - account.openCoreS / level.weight);
    account.standing = standing + coreS / level.weight;
    account.openCoreS += coreS;
    account.coreS += coreS;
    parent = account;
  }
}

export interface Settlement {
  readonly chargedCoreS: number;
  readonly usedCoreS: number;
  /** Seconds since the charge, and the half-life: the charge has decayed meanwhile. */
  readonly ageS: number;
  readonly halfLifeS: number;
}

/** At the job's end: afterwards it is as if what it used had been charged at the claim. */
export function settle(
  usage: Usage,
  { levels }: Place,
  { chargedCoreS, usedCoreS, ageS, halfLifeS }: Settlement,
): void {
  const kept = remaining(ageS, halfLifeS);
  const correction = (usedCoreS - chargedCoreS) * kept;
  for (const { key, weight } of levels) {
    const account = accountOf(usage, key);
    account.coreS = Math.max(0, account.coreS + correction);
    account.openCoreS = Math.max(0, account.openCoreS - chargedCoreS * kept);
    account.standing = Math.max(0, account.standing + correction / weight);
  }
}

/** A new usage, `ageS` later. Accounts with nothing left to say are dropped. */
export function decayed(usage: Usage, ageS: number, halfLifeS: number): Usage {
  const kept = remaining(ageS, halfLifeS);
  const accounts = new Map<string, Account>();
  for (const [key, { coreS, openCoreS, standing, clock, awake }] of usage.accounts) {
    if (!awake && Math.max(coreS, openCoreS, standing, clock) < NOTHING) continue;
    accounts.set(key, {
      coreS: coreS * kept,
      openCoreS: openCoreS * kept,
      standing: standing * kept,
      clock: clock * kept,
      awake,
    });
  }
  return { accounts };
}

const NOTHING = 1e-3;

function remaining(ageS: number, halfLifeS: number): number {
  return 2 ** (-ageS / halfLifeS);
}

/**
 * Says who has waiting jobs now. They keep their turn until served, however long nothing fits them; the others rest.
 * Leave out whose jobs no node can run: they would come back with the claims of all that time.
 */
export function wake(tree: ShareTree, usage: Usage, demanding: Iterable<Who>): void {
  const awake = new Set<string>();
  for (const who of demanding) {
    const { root, levels } = placeOf(tree, who);
    let parent = accountOf(usage, root);
    for (const level of levels) {
      const account = accountOf(usage, level.key);
      if (!awake.has(level.key)) account.standing = standingOf(account, parent, level);
      account.awake = true;
      awake.add(level.key);
      parent = account;
    }
  }
  for (const [key, account] of usage.accounts)
    if (!awake.has(key) && key !== ROOT && key !== BACKGROUND_ROOT) account.awake = false;
}
