import { inspect } from 'node:util';
import { type Caller, Secret, type VmId } from '@pilotfish/model';
import { describe, expect, it } from 'vitest';
import { tokenManager } from './manager.ts';
import type { FoundToken } from './store.ts';

const NOW = new Date('2030-01-01T12:00:00Z');
const at = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);
const issuer = 'https://aai.example.org';
const refreshToken = new Secret('very-secret-text');
const offered = { issuer, refreshToken, scopes: ['openid'], expiresAt: at(12) };
const VM_ID = '0b1de0c8-8f5e-4a53-9c1c-0d6a1a6c2f11' as VmId;
const vm = (vo: string): Caller => ({ kind: 'vm', vmId: VM_ID, vo });
const user = (name: string, vo: string | null = 'biomed', role: 'user' | 'operator' = 'user'): Caller => ({
  kind: 'user',
  name,
  vo,
  group: 'users',
  role,
});
const ann = { vo: 'biomed', owner: 'ann' };
const annsToken = { ...ann, issuer };

/** A manager over one remembered token; `failing` refuses to keep records. */
function aManager({ now = NOW, holds = false, failing = false } = {}) {
  const records: unknown[][] = [];
  let kept: FoundToken | undefined;
  const manager = tokenManager({
    store: {
      lodge: async (token) => {
        kept = { ...token, version: '1' };
      },
      find: async (vo, owner, of) => (kept?.vo === vo && kept.owner === owner && kept.issuer === of ? kept : undefined),
      replace: async () => false,
      remove: async () => kept !== undefined,
      expiring: async () => [],
    },
    audit: async (...record) => {
      if (failing) throw new Error('no record');
      records.push(record);
    },
    holdsPayload: async (vmId, { owner }) => holds && vmId === VM_ID && owner === 'ann',
    now: () => now,
  });
  const keep = (change: Partial<FoundToken> = {}): void => {
    kept = { ...ann, ...offered, version: '1', ...change };
  };
  return { manager, records, keep, kept: () => kept };
}

describe('lodging', () => {
  it('keeps the token as the caller’s own, on record and without its text', async () => {
    const { manager, records, kept } = aManager();
    const lodged = await manager.lodge(user('ann'), offered);
    expect(lodged).toEqual({ ...annsToken, scopes: ['openid'], expiresAt: at(12) });
    expect(kept()).toEqual({ ...lodged, refreshToken, version: '1' });
    expect(records).toMatchObject([['ann', 'token.lodge', 'biomed/ann', { issuer, scopes: ['openid'] }]]);
    expect(inspect([records, kept()], { depth: 9 })).not.toContain('very-secret-text');
  });

  it('is for users of a VO', async () => {
    const { manager } = aManager();
    await expect(manager.lodge(vm('biomed'), offered)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(manager.lodge(user('root', null, 'operator'), offered)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('handing out', () => {
  it('names who asks, for whom, why and how long, and clips the time', async () => {
    const { manager, records, keep } = aManager({ holds: true });
    keep();
    expect((await manager.handOut(vm('biomed'), annsToken, 'job 7.1', 3600)).until).toEqual(at(1));
    expect((await manager.handOut(vm('biomed'), annsToken, 'job 7.1', 1e6)).until).toEqual(at(12));
    const detail = { issuer, why: 'job 7.1', seconds: 3600, until: at(1) };
    expect(records[0]).toEqual([`vm:${VM_ID}`, 'token.hand-out', 'biomed/ann', detail]);
    keep({ expiresAt: null });
    expect((await manager.handOut(vm('biomed'), annsToken, 'job 7.1', 1e12)).until).toEqual(at(168));
  });

  it('is refused to strangers: other users, operators, another VO, and VMs without a job of the owner', async () => {
    const { manager, records, keep } = aManager();
    keep();
    const code = (caller: Caller) => manager.handOut(caller, annsToken, 'why', 60).catch((error) => error.code);
    expect(await code(user('ben'))).toBe('forbidden');
    expect(await code(user('root', 'biomed', 'operator'))).toBe('forbidden');
    expect(await code(user('root', null, 'operator'))).toBe('wrong-vo');
    expect(await code(user('ann', 'astro'))).toBe('wrong-vo');
    expect(await code(vm('astro'))).toBe('wrong-vo');
    expect(await code(vm('biomed'))).toBe('forbidden');
    expect(records).toEqual([]);
    expect(await manager.handOut(user('ann'), annsToken, 'why', 60)).toMatchObject({ token: { refreshToken } });
  });

  it('says when there is none of the issuer, or when it has expired', async () => {
    const { manager, keep } = aManager({ now: at(12) });
    await expect(manager.handOut(user('ann'), annsToken, 'why', 60)).rejects.toThrow('ann has lodged no token of');
    keep();
    const other = { ...ann, issuer: 'https://other.example.org' };
    await expect(manager.handOut(user('ann'), other, 'why', 60)).rejects.toThrow('ann has lodged no token of');
    await expect(manager.handOut(user('ann'), annsToken, 'why', 60)).rejects.toThrow(
      'expired at 2030-01-02T00:00:00.000Z',
    );
    await expect(manager.handOut(user('ann'), annsToken, 'why', Number.NaN)).rejects.toMatchObject({
      code: 'bad-request',
    });
  });

  it('does not happen when it cannot be recorded', async () => {
    const { manager, keep, kept } = aManager({ failing: true });
    await expect(manager.lodge(user('ann'), offered)).rejects.toThrow('no record');
    expect(kept()).toBeUndefined();
    keep();
    await expect(manager.handOut(user('ann'), annsToken, 'why', 60)).rejects.toThrow('no record');
  });
});

it('a token is removed by its owner, on record', async () => {
  const { manager, records, keep } = aManager();
  keep();
  expect(await manager.remove(user('ann'), issuer)).toBe(true);
  expect(records).toEqual([['ann', 'token.remove', 'biomed/ann', { issuer }]]);
});
