// Whether a VM runs a payload of somebody that needs the credential. Both managers ask it of a VM that wants one.
import type { CredentialNeed, VmId } from '@pilotfish/model';
import { type Sql, sql } from '../database.ts';

const HOLDS = sql(
  'vm_holds_payload',
  `SELECT EXISTS (
     SELECT 1 FROM attempt a JOIN job j ON j.id = a.job_id JOIN vm v ON v.id = a.vm_id
     WHERE a.vm_id = $1 AND a.state IN ('Claimed', 'Running', 'Completing')
       AND j.vo = $2 AND j.owner = $3 AND j.credential = $4 AND v.locked_at IS NULL
   ) AS holds`,
);

export function holdsPayload(db: Sql, need: Exclude<CredentialNeed, 'none'>) {
  return async (vmId: VmId, { vo, owner }: { readonly vo: string; readonly owner: string }): Promise<boolean> => {
    const [row] = await db.rows<{ holds: boolean }>(HOLDS, [vmId, vo, owner, need]);
    return row!.holds;
  };
}
