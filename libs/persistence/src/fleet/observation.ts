// What a cloud listed, and which of it the ledger doesn't know.
import type { Machine } from '@pilotfish/fleet';
import { type Database, sql } from '../database.ts';

const SEEN = sql(
  'record_observation',
  `UPDATE endpoint SET observed_at = now(), reachable = true, problem = NULL, machines = $2 WHERE name = $1`,
);
const STRANGERS = sql(
  'record_strangers',
  `WITH listed AS (SELECT * FROM unnest($2::uuid[], $3::text[]) AS t(vm_id, provider_id)),
   gone AS (
     DELETE FROM stranger s WHERE s.endpoint = $1 AND (s.vm_id NOT IN (SELECT vm_id FROM listed)
       OR EXISTS (SELECT 1 FROM vm WHERE vm.id = s.vm_id))
   )
   INSERT INTO stranger (endpoint, vm_id, provider_id)
   SELECT $1, l.vm_id, l.provider_id FROM listed l WHERE NOT EXISTS (SELECT 1 FROM vm WHERE vm.id = l.vm_id)
   ON CONFLICT DO NOTHING`,
);
const BLIND = sql('record_blindness', 'UPDATE endpoint SET reachable = false, problem = $2 WHERE name = $1');

export async function recordObservation(db: Database, endpoint: string, machines: readonly Machine[]): Promise<void> {
  const seen = machines.map(({ vmId, providerId, status }) => ({ vmId, providerId, status }));
  await db.transaction(async (tx) => {
    await tx.rows(SEEN, [endpoint, JSON.stringify(seen)]);
    await tx.rows(STRANGERS, [
      endpoint,
      machines.map(({ vmId }) => vmId),
      machines.map(({ providerId }) => providerId),
    ]);
  });
}

export async function recordBlindness(db: Database, endpoint: string, problem: string): Promise<void> {
  await db.rows(BLIND, [endpoint, problem]);
}
