import { type Client, routes } from '@pilotfish/api-contract';
import { isVmId } from '@pilotfish/model';
import { usageError } from './usage-error.ts';

const MOST = 1000;

/** The whole id for an unmistakable beginning of one, live VMs first; throws a usage error without exactly one. */
export async function findVm(client: Client, start: string): Promise<string> {
  const id = start.toLowerCase();
  if (isVmId(id)) return id;
  if (!/^[0-9a-f][0-9a-f-]{0,35}$/.test(id)) throw usageError(`${start} is no VM id; see: wms vm list`);
  for (const all of [false, true]) {
    const { vms } = await client.call(routes.listVms, { query: { limit: MOST, ...(all ? { all } : {}) } });
    const found = vms.filter((vm) => vm.id.startsWith(id));
    if (found.length > 1) throw usageError(`${start} is the beginning of ${found.length} VM ids; write more of it`);
    if (found[0]) return found[0].id;
  }
  throw usageError(`there is no VM ${start}; see: wms vm list --all`);
}
