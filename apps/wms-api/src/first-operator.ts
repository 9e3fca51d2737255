// The first operator of an embedded service: his token goes to a file that only its owner reads.
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { makePersonalToken } from '@pilotfish/identity';
import type { Api } from './wiring.ts';

const NAME = 'operator';

export async function firstOperator(api: Api, file: string): Promise<void> {
  if (existsSync(file)) return;
  const { token, hash } = makePersonalToken();
  const issued = { hash, label: 'first operator', expiresAt: null };
  if (await api.people.findUser(NAME)) await api.people.issueToken(NAME, issued, 'start');
  else await api.people.addUser({ name: NAME, vo: null, group: 'operators', role: 'operator' }, issued, 'start');
  // Whole or not at all, so that a reader never sees half a token.
  await writeFile(`${file}.new`, `${token.reveal()}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
