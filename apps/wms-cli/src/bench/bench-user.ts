import { routes } from '@pilotfish/api-contract';
import { VO } from './bench-fleet.ts';
import type { Stage } from './stage.ts';

/** A user of the bench's VO; his token. */
export async function benchUser({ operator }: Stage): Promise<string> {
  return (await operator.call(routes.addUser, { body: { name: 'submitter', vo: VO } })).token;
}
