import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import { DEFAULT_POLICY } from './policy.ts';
import {
  aDemand,
  ago,
  anEndpoint,
  aProfile,
  aSeen,
  aVm,
  booting,
  idleFor,
  machine,
  NOON,
  vmId,
} from './seen.fixture.ts';
import type { Seen, SeenVm } from './seen.ts';

const decisions = (overrides: Partial<Seen>) =>
  plan(aSeen(overrides), DEFAULT_POLICY).map(
    (action) => `${action.kind} ${'vmId' in action ? Number(action.vmId.slice(-12)) : action.profile}`,
  );
const because = (overrides: Partial<Seen>) => plan(aSeen(overrides), DEFAULT_POLICY).map((action) => action.because);
const one = (overrides: Partial<SeenVm>) => ({ vms: [aVm(1, overrides)] });

describe('a busy VM', () => {
  it('is left alone', () => {
    expect(decisions({ vms: [aVm(1)] })).toEqual([]);
  });
});

describe('a VM that the cloud no longer lists', () => {
  const missing = { vms: [aVm(1, { lastBeatAt: ago(180) })], endpoints: [anEndpoint()] };

  it('is buried after a grace', () => {
    expect(because(missing)).toEqual(['local no longer lists its machine, and it has been silent for 3 min.']);
  });

  it('stays while it beats', () => {
    expect(decisions({ ...missing, vms: [aVm(1)] })).toEqual([]);
  });

  it('stays while the list failed, is old, or was never made', () => {
    expect(decisions({ ...missing, endpoints: [anEndpoint({}, { reachable: false })] })).toEqual([]);
    expect(decisions({ ...missing, endpoints: [anEndpoint({}, { observedAt: NOON - 3_600_000 })] })).toEqual([]);
    expect(decisions({ ...missing, endpoints: [anEndpoint({}, { observedAt: null })] })).toEqual([]);
  });

  it('stays while it is only ordered', () => {
    const ordered = aVm(1, { ...booting, state: 'ordered', orderedAt: ago(300) });
    expect(decisions({ ...missing, vms: [ordered] })).toEqual([]);
  });
});

describe('a locked VM', () => {
  it('is terminated at once, whatever it does', () => {
    expect(because(one({ lockedAt: ago(1) }))).toEqual(['Its activation key was used twice.']);
    for (const state of ['booting', 'draining', 'stopping', 'stalled'] as const)
      expect(decisions(one({ state, lockedAt: ago(1) }))).toEqual(['terminate 1']);
    expect(decisions(one({ state: 'gone', endedAt: ago(1), openAttempts: 0, lockedAt: ago(9) }))).toEqual([]);
  });
});

describe('a stopping VM', () => {
  it('is terminated when nothing runs on it', () => {
    expect(decisions(one({ state: 'stopping', openAttempts: 0 }))).toEqual(['terminate 1']);
  });

  it('keeps its attempt until the stop time-out', () => {
    expect(decisions(one({ state: 'stopping', stateSince: NOON - 300_000 }))).toEqual([]);
    expect(because(one({ state: 'stopping', stateSince: NOON - 720_000 }))).toEqual([
      'It was told to stop 12 min ago, longer than the time-out of 10 min, with 1 attempt still open.',
    ]);
  });
});

describe('a booting VM', () => {
  it('is terminated when it never called home', () => {
    expect(decisions(one({ ...booting, orderedAt: ago(599) }))).toEqual([]);
    expect(because(one({ ...booting, orderedAt: ago(600) }))).toEqual([
      'It never called home within its boot time-out of 10 min.',
    ]);
  });

  it('is terminated at once when the cloud reports an error', () => {
    const broken = [anEndpoint({}, { machines: [machine(1, 'error')] })];
    expect(decisions({ ...one({ ...booting, orderedAt: ago(20) }), endpoints: broken })).toEqual(['terminate 1']);
  });
});

describe('a stalled VM', () => {
  it('is terminated when it stays silent beyond the grace', () => {
    expect(decisions(one({ state: 'stalled', lastBeatAt: ago(800) }))).toEqual([]);
    expect(because(one({ state: 'stalled', lastBeatAt: ago(900) }))).toEqual([
      'It has not been heard of for 15 min and counts as lost.',
    ]);
  });

  it('has its grace after an outage of the centre, however long that was', () => {
    const since = (seconds: number) =>
      one({ state: 'stalled', lastBeatAt: ago(50_000), stateSince: NOON - seconds * 1000 });
    expect(decisions(since(100))).toEqual([]);
    expect(decisions(since(300))).toEqual(['terminate 1']);
  });
});

describe('a VM near the end of its life', () => {
  it('is drained', () => {
    expect(because(one({ activatedAt: ago(86_100) }))).toEqual(['5 min are left of its longest life of 24 h.']);
    expect(decisions(one({ activatedAt: ago(85_000) }))).toEqual([]);
  });

  it('is not drained at birth when the margin exceeds its life', () => {
    const profiles = [aProfile({ maxLifeS: 500 })];
    expect(decisions({ ...one({ activatedAt: ago(20) }), profiles })).toEqual([]);
    expect(decisions({ ...one({ activatedAt: ago(460) }), profiles })).toEqual(['drain 1']);
  });
});

describe('a draining VM', () => {
  it('stops when its last attempt has ended', () => {
    expect(decisions(one({ state: 'draining' }))).toEqual([]);
    expect(decisions(one({ state: 'draining', openAttempts: 0 }))).toEqual(['stop 1']);
  });
});

describe('an idle VM', () => {
  it('is drained after its profile’s time', () => {
    expect(decisions(one(idleFor(200)))).toEqual([]);
    expect(because(one(idleFor(420)))).toEqual([
      'It has been idle for 7 min (its profile allows 5 min) and no waiting job needs it.',
    ]);
  });

  it('stays for the floor of its profile, the shortest idle first', () => {
    const vms = [aVm(1, idleFor(400)), aVm(2, idleFor(900)), aVm(3, idleFor(600))];
    expect(decisions({ vms, profiles: [aProfile({ minVms: 1 })] })).toEqual(['drain 2', 'drain 3']);
  });

  it('stays for a waiting job, as many VMs as the jobs need', () => {
    const vms = [aVm(1, idleFor(900)), aVm(2, idleFor(600))];
    expect(decisions({ vms, demand: [aDemand(3)] })).toEqual(['drain 1']);
    expect(decisions({ vms, demand: [aDemand(9)] })).toEqual([]);
  });

  it('is drained when busy VMs have room for the waiting job, or when no job fits it', () => {
    const roomy = aVm(2, { free: { ...aVm(2).capacity, processors: 4 } });
    expect(decisions({ vms: [aVm(1, idleFor(900)), roomy], demand: [aDemand(3)] })).toEqual(['drain 1']);
    expect(decisions({ ...one(idleFor(900)), demand: [aDemand(3, { tags: ['GPU'] })] })).toEqual(['drain 1']);
    expect(decisions({ ...one(idleFor(900)), demand: [aDemand(3, {}, 1, 'bio')] })).toEqual(['drain 1']);
  });

  it('is drained when its profile has been removed', () => {
    expect(decisions({ ...one(idleFor(900)), profiles: [], demand: [aDemand(3)] })).toEqual(['drain 1']);
  });
});

describe('a machine with our mark and no live row', () => {
  const stranger = (seconds: number) => [
    anEndpoint({}, { strangers: [{ ...machine(7), firstSeenAt: NOON - seconds * 1000 }] }),
  ];

  it('is removed after a grace', () => {
    expect(decisions({ endpoints: stranger(600) })).toEqual([]);
    expect(because({ endpoints: stranger(960) })).toEqual([
      'local has listed its machine for 16 min without a live row in the ledger.',
    ]);
  });

  it('is kept when the ledger turns out to know it', () => {
    expect(decisions({ endpoints: stranger(960), vms: [aVm(7)] })).toEqual([]);
  });

  it('is removed when its row has ended', () => {
    const vms = [aVm(1, { state: 'failed', endedAt: ago(1000), openAttempts: 0 })];
    expect(decisions({ vms })).toEqual(['terminate 1']);
  });
});

describe('a plan', () => {
  it('decides once about a VM for which several rules would', () => {
    const vms = [aVm(1, { ...idleFor(90_000), activatedAt: ago(90_000) })];
    expect(plan(aSeen({ vms }), DEFAULT_POLICY)).toMatchObject([{ kind: 'drain', vmId: vmId(1) }]);
  });
});

describe('a machine that the cloud reports as off', () => {
  const off = (status: 'stopped' | 'error', vm: Partial<SeenVm>) => ({
    vms: [aVm(1, vm)],
    endpoints: [anEndpoint({}, { machines: [machine(1, status)] })],
  });

  it('is given up at once, with the attempts on it, when its VM is silent', () => {
    expect(because(off('stopped', { lastBeatAt: ago(20) }))[0]).toContain('reports its machine off');
    expect(decisions(off('stopped', { lastBeatAt: ago(20), openAttempts: 3 }))).toEqual(['terminate 1']);
  });

  it('is left alone while its VM beats', () => {
    expect(decisions(off('stopped', { lastBeatAt: ago(1) }))).toEqual([]);
  });

  it('in error is believed only of a VM whose lease ran out', () => {
    expect(decisions(off('error', { lastBeatAt: ago(20) }))).toEqual([]);
    expect(decisions(off('error', { lastBeatAt: ago(20), state: 'stalled' }))).toEqual(['terminate 1']);
  });
});
