import { randomUUID } from 'node:crypto';
import type { VmId } from '@pilotfish/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '../database.ts';
import { aDatabase, insertVm } from '../identity/identity.fixture.ts';
import { holdsPayload } from './holds-payload.ts';

let base: Awaited<ReturnType<typeof aDatabase>>;
const vmId = randomUUID() as VmId;
const ann = { vo: 'biomed', owner: 'ann' };
const run = (name: string, text: string, values: unknown[] = []) => base.db.rows(sql(name, text), values);

beforeAll(async () => {
  base = await aDatabase();
  await insertVm(base.db, vmId, Buffer.from('x'));
  await run('payload', `INSERT INTO payload (digest, body) VALUES ('\\x00', '{}')`);
  await run(
    'queue',
    `INSERT INTO task_queue (id, key, requirements, vo, grp, owner) OVERRIDING SYSTEM VALUE
     VALUES (1, '\\x00', '{}', 'biomed', 'users', 'ann')`,
  );
  await run(
    'job',
    `INSERT INTO job (id, vo, grp, owner, name, state, minor, priority, queue_id, payload_digest, credential, max_reschedules)
     VALUES (1, 'biomed', 'users', 'ann', 'j', 'Running', '', 1, 1, '\\x00', 'proxy', 3)`,
  );
  await run(
    'attempt',
    `INSERT INTO attempt (job_id, n, vm_id, pilot_id, ask_id, state, processors, memory_mb, disk_mb, gpus)
     VALUES (1, 1, $1, gen_random_uuid(), gen_random_uuid(), 'Running', 1, 1, 1, 0)`,
    [vmId],
  );
});
afterAll(() => base.close());

it('a VM holds a payload of the owner it runs, in that VO, for the credential the job needs', async () => {
  const proxy = holdsPayload(base.db, 'proxy');
  expect(await proxy(vmId, ann)).toBe(true);
  expect(await proxy(vmId, { ...ann, owner: 'ben' })).toBe(false);
  expect(await proxy(vmId, { ...ann, vo: 'astro' })).toBe(false);
  expect(await proxy(randomUUID() as VmId, ann)).toBe(false);
  expect(await holdsPayload(base.db, 'token')(vmId, ann)).toBe(false);
});

it('a VM that is locked, or whose attempt has ended, holds nothing', async () => {
  const holds = () => holdsPayload(base.db, 'proxy')(vmId, ann);
  await run('lock', 'UPDATE vm SET locked_at = now()');
  expect(await holds()).toBe(false);
  await run('unlock', 'UPDATE vm SET locked_at = NULL');
  expect(await holds()).toBe(true);
  await run('end', `UPDATE attempt SET state = 'Done', ended_at = now()`);
  expect(await holds()).toBe(false);
});
