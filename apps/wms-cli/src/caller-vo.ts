import { type Client, routes } from '@pilotfish/api-contract';
import { usageError } from './usage-error.ts';

/** The VO that was named, else the caller's own; an operator has none and must name it. */
export async function callerVo(client: Client, named: string | undefined): Promise<string> {
  const vo = named ?? (await client.call(routes.whoAmI, {})).vo;
  if (vo === null) throw usageError('which VO? add --vo NAME');
  return vo;
}
