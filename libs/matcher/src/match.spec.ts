import type { Offer } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CRITERIA } from './criteria.ts';
import { anOffer, anyOffer, anyQueue, aQueue, cores } from './examples.fixture.ts';
import { fits, mismatches } from './match.ts';
import type { Need } from './need.ts';

/** Written from the brief of the matcher, not from its criteria. */
function oracle({ requirements: r, ...who }: Need, o: Offer): boolean {
  const among = (allowed: readonly string[], name: string) => allowed.length === 0 || allowed.includes(name);
  const people = who.vo === o.vo && among(o.owners, who.owner) && among(o.groups, who.group);
  const place = among(r.sites, o.site) && !r.bannedSites.includes(o.site) && among(r.endpoints, o.endpoint);
  const kind =
    (r.platforms.length === 0 || r.platforms.filter((name) => o.platforms.includes(name)).length > 0) &&
    new Set([...o.tags, ...o.requiredTags, ...r.tags]).size === new Set([...o.tags, ...o.requiredTags]).size &&
    new Set([...r.tags, ...o.requiredTags]).size === new Set(r.tags).size &&
    among(o.jobTypes, r.jobType);
  const whole = !r.wholeNode || (o.empty && o.free.processors === o.total.processors);
  const perCore = o.total.processors === 0 ? 0 : Math.floor(o.total.memoryMb / o.total.processors);
  const amounts =
    r.processors.min <= o.free.processors &&
    (r.memoryMb || perCore * r.processors.min) <= o.free.memoryMb &&
    r.diskMb <= o.free.diskMb &&
    r.gpus <= o.free.gpus;
  return people && place && kind && whole && amounts && r.cpuTimeS <= o.timeLeftS;
}

const reasons = (need: Need, offer: Offer) => mismatches(need, offer).map(({ reason }) => reason);
const busy = anOffer({ free: { processors: 3, memoryMb: 2048, diskMb: 50, gpus: 0 }, empty: false });

describe('match', () => {
  it('lets a plain job run on a plain node', () => {
    expect(mismatches(aQueue(1), anOffer())).toEqual([]);
    expect(fits(aQueue(1), anOffer())).toBe(true);
  });

  it('agrees with the oracle for any need and offer, and the short answer with the long one', () => {
    let both = 0;
    fc.assert(
      fc.property(anyQueue, anyOffer, (need, offer) => {
        const wanted = oracle(need, offer);
        both += wanted ? 1 : 0;
        expect(mismatches(need, offer).length === 0).toBe(wanted);
        expect(fits(need, offer)).toBe(wanted);
      }),
      { numRuns: 3000 },
    );

    expect(both).toBeGreaterThan(20);
  });

  it('names the criterion in each mismatch as the table names it', () => {
    fc.assert(
      fc.property(anyQueue, anyOffer, (need, offer) => {
        for (const { name, check } of CRITERIA) {
          const found = check(need, offer);
          if (found !== undefined) expect(found.criterion).toBe(name);
        }
      }),
    );
  });

  it('tells apart a node that is too small from one that is too busy', () => {
    expect(reasons(aQueue(1, cores(16)), anOffer({ timeLeftS: 999_999 }))[0]).toBe(
      'needs 16 cores at once; the node has 8',
    );
    expect(reasons(aQueue(1, cores(4)), busy)[0]).toBe("needs 4 cores at once; 3 of the node's 8 are free");
  });

  it('tells every reason, not only the first', () => {
    const need = aQueue(1, { sites: ['CLOUD.far.org'], tags: ['SKA'], gpus: 1, cpuTimeS: 172_800 });
    expect(reasons(need, anOffer())).toEqual([
      'runs only at site CLOUD.far.org; the node is at CLOUD.local.org',
      'asks for tag SKA; the node does not offer it',
      'asks for 48 h of processor time; the node has 24 h left',
      'needs 1 GPU; the node has 0 free',
    ]);
  });

  it('sets aside the share of its cores for a job that names no memory', () => {
    const full = anOffer({ free: { processors: 4, memoryMb: 3000, diskMb: 0, gpus: 0 }, empty: false });
    expect(reasons(aQueue(1, cores(2)), full)).toEqual([
      "needs its cores' share of memory, 4 GiB; 2.9 GiB of the node's 16 GiB are free",
    ]);
    expect(fits(aQueue(1, cores(1)), full)).toBe(true);
  });

  it('never gives a busy node to a whole-node job, nor one that lacks cores', () => {
    const whole = aQueue(1, { wholeNode: true });
    expect(reasons(whole, busy)).toEqual(['needs a whole node; other jobs run on this one']);
    expect(reasons(whole, { ...busy, empty: true })).toEqual(['needs a whole node; this one has 3 of 8 cores free']);
  });

  it('keeps a node with required tags for the jobs that ask for them, and counts them as offered', () => {
    const kept = anOffer({ requiredTags: ['GPU'] });
    expect(reasons(aQueue(1), kept)).toEqual(['does not ask for tag GPU; the node takes only jobs that do']);
    expect(fits(aQueue(1, { tags: ['GPU'] }), kept)).toBe(true);
  });

  it('keeps private nodes and nodes of a group for those they name', () => {
    expect(reasons(aQueue(1), anOffer({ owners: ['bob'], groups: ['prod'] }))).toEqual([
      'belongs to ada; the node is private to bob',
      'belongs to group users; the node serves only prod',
    ]);
  });
});
