import { randomUUID } from 'node:crypto';
import { activationKey } from '@pilotfish/identity';
import type { VmId } from '@pilotfish/model';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { sql } from '../database.ts';
import { aDatabase, insertVm } from './identity.fixture.ts';
import { activate, vmCaller } from './vm-activation.ts';

let base: Awaited<ReturnType<typeof aDatabase>>;
let vmId: VmId;
const { key, hash } = activationKey();
const ask = (publicKey: string, change: object = {}) =>
  activate(base.db, { vmId, activationKey: key.reveal(), publicKey, proofValid: true, ...change });
const read = async (name: string, text: string) => base.db.rows(sql(name, text), [vmId]);
const events = () => read('events', 'SELECT state, because FROM vm_event WHERE vm_id = $1 ORDER BY id');
const row = async () => (await read('row', 'SELECT * FROM vm WHERE id = $1'))[0]!;

beforeAll(async () => {
  base = await aDatabase();
});
afterAll(() => base.close());
beforeEach(async () => {
  vmId = randomUUID() as VmId;
  await insertVm(base.db, vmId, hash);
});

it('the first key is bound and the VM runs, idle from now', async () => {
  expect(await ask('mine')).toBe('activate');
  expect(await vmCaller(base.db, vmId)).toEqual({ vo: 'biomed', publicKey: 'mine', state: 'running', locked: false });
  const { activated_at, idle_since, last_beat_at } = await row();
  expect([activated_at, idle_since, last_beat_at]).toEqual([expect.any(Date), activated_at, activated_at]);
  expect(await events()).toEqual([{ state: 'running', because: 'activated by its agent' }]);
});

it('the same key asking again changes nothing', async () => {
  await ask('mine');
  const before = await row();
  expect(await ask('mine')).toBe('same-again');
  expect(await row()).toEqual(before);
  expect(await events()).toHaveLength(1);
});

it('another key with the spent activation key locks the VM, once, and tells its pilot', async () => {
  await ask('mine');
  const before = await row();
  expect(await ask('theirs')).toEqual({ alarm: 'second-key' });
  expect(await ask('theirs')).toEqual({ refuse: 'locked' });
  expect(await ask('mine')).toEqual({ refuse: 'locked' });
  const after = await row();
  expect(after).toMatchObject({
    public_key: 'mine',
    state: 'running',
    retire_reason: expect.stringContaining('locked'),
  });
  expect(after.instruction_version).toBe((before.instruction_version as number) + 1);
  expect(await vmCaller(base.db, vmId)).toMatchObject({ locked: true });
  expect(await read('alarms', `SELECT action FROM audit WHERE subject = $1::text`)).toEqual([{ action: 'vm.alarm' }]);
  expect(await events()).toHaveLength(2);
});

it('of many keys that come together one is bound, the next one locks the VM', async () => {
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((publicKey) => ask(publicKey)));
  const kinds = answers.map((answer) => JSON.stringify(answer)).sort();
  expect(kinds).toEqual(['"activate"', '{"alarm":"second-key"}', '{"refuse":"locked"}', '{"refuse":"locked"}']);
});

it('the same key sent many times together is bound once', async () => {
  const answers = await Promise.all(['a', 'a', 'a', 'a'].map((publicKey) => ask(publicKey)));
  expect(answers.sort()).toEqual(['activate', 'same-again', 'same-again', 'same-again']);
});

it('a refusal changes nothing', async () => {
  const before = await row();
  expect(await ask('mine', { activationKey: 'guess' })).toEqual({ refuse: 'wrong-key' });
  expect(await ask('mine', { proofValid: false })).toEqual({ refuse: 'bad-proof' });
  expect(await ask('mine', { vmId: randomUUID() })).toEqual({ refuse: 'unknown-vm' });
  expect(await row()).toEqual(before);
  expect(await vmCaller(base.db, randomUUID() as VmId)).toBeUndefined();
});

it('the time limit is judged by the clock of the database', async () => {
  vmId = randomUUID() as VmId;
  await insertVm(base.db, vmId, hash, -1);
  expect(await ask('mine')).toEqual({ refuse: 'expired' });
});
