import { afterAll, beforeAll, expect, it } from 'vitest';
import { brokenAtRest, brokenInvariants } from './invariants.ts';
import { aWorld, type TestVm, type World } from './world.fixture.ts';

let world: World;
let vm: TestVm;
beforeAll(async () => {
  world = await aWorld();
  vm = await world.startVm();
  await world.submit(3);
  await world.claim(vm, 2);
});
afterAll(() => world.close());

/** What is broken by a statement that no program of ours would make; its transaction is undone. */
async function brokenBy(...statements: string[]): Promise<string> {
  let found: readonly string[] = [];
  const undo = new Error('undo');
  await world.db
    .transaction(async (tx) => {
      for (const text of ['SET LOCAL session_replication_role = replica', ...statements])
        await tx.rows({ name: '', text });
      found = await brokenInvariants(tx);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return found.join('\n');
}

it('nothing is broken in a ledger that only its own statements wrote', async () => {
  expect(await brokenInvariants(world.db)).toEqual([]);
});

it.each([
  ['a job waits exactly while', `DELETE FROM waiting_job`],
  ['a job waits in its own queue', `UPDATE waiting_job SET priority = 9`],
  ['the newest attempt of a job', `UPDATE job SET attempt = 7 WHERE state = 'Matched'`],
  ['a job is held exactly while', `UPDATE attempt SET state = 'Lost', ended_at = now()`],
  ['a Done job was done by', `UPDATE job SET state = 'Done' WHERE state = 'Matched'`],
  ['no job runs on a VM of another VO', `UPDATE vm SET vo = 'bio'`],
  ['open attempts fit into', `UPDATE vm SET processors = 1`],
  ['no VM has ended with', `UPDATE vm SET ended_at = now()`],
  ['no attempt is open on a stalled VM', `UPDATE vm SET state = 'stalled'`],
  ['the idle clock of a VM', `UPDATE vm SET idle_since = now()`],
  ['under the cap of their endpoint', `UPDATE endpoint SET max_vms = 0`],
  ['under the cap of their profile', `UPDATE profile SET spec = jsonb_set(spec, '{maxVms}', '0')`],
  ['an attempt lives inside', `UPDATE attempt SET claimed_at = now() - interval '1 day'`],
  ['keeps no order to stop open', `UPDATE job SET state = 'Killed' WHERE state = 'Matched'`],
])('it is noticed when it is not true that … %s', async (promise, statement) => {
  expect(await brokenBy(statement)).toContain(promise);
});

it('work and machines that are left are noticed at rest', async () => {
  expect((await brokenAtRest(world.db)).map((line) => line.split(':')[0])).toEqual([
    'not true that every job has ended',
    'not true that no VM is left',
  ]);
});
