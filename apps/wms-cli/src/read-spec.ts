// Reads what a `put -f` command sends: a YAML or JSON file checked against the contract before it leaves.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WmsError } from '@pilotfish/model';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import type { CliContext } from './cli-context.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `-` for stdin; throws `bad-request` when it holds no fields. */
export async function readFields(file: string, { io, cwd }: Pick<CliContext, 'io' | 'cwd'>): Promise<Fields> {
  const document = parseDocument(file === '-' ? await io.readStdin() : await readFile(resolve(cwd, file), 'utf8'));
  const [error] = document.errors;
  if (error) throw new WmsError('bad-request', `${file} is no valid YAML: ${error.message}`);
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WmsError('bad-request', `${file} must hold fields, one "name: value" a line`);
  return value as Fields;
}

/** The fields as the contract takes them, without filling in defaults; throws `bad-request` with all flaws. */
export function checkSpec<S extends z.ZodType>(schema: S, fields: Fields, what: string): z.input<S> {
  const checked = schema.safeParse(fields);
  if (checked.success) return fields as z.input<S>;
  const flaws = checked.error.issues.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    detail: message,
  }));
  throw new WmsError('bad-request', `correct ${what} and send it again`, flaws);
}
