// From the environment to a checked, frozen object: every problem is told at once, and no value is ever repeated,
// since it may be a secret.
import { type Flaw, Secret, WmsError } from '@pilotfish/model';
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that holds a secret. */
export const secretText = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));

/**
 * @param schema an object schema whose keys are the variables' names. A variable set to nothing counts as not set.
 * @throws WmsError `bad-request` naming every variable that is missing or wrong.
 */
export function readConfig<S extends z.ZodType>(schema: S, env: Environment): Readonly<z.output<S>> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return Object.freeze(result.data);
  const flaws = result.error.issues.map((issue) => flawOf(issue, set));
  const lines = flaws.map(({ pointer, detail }) => `  ${pointer.slice(1) || 'the environment'}: ${detail}`);
  throw new WmsError('bad-request', `Correct the environment of this program:\n${lines.join('\n')}`, flaws);
}

function flawOf(issue: z.core.$ZodIssue, set: Environment): Flaw {
  const name = String(issue.path[0] ?? '');
  const detail = name !== '' && set[name] === undefined && issue.code === 'invalid_type' ? 'is not set' : issue.message;
  return { pointer: `/${name}`, detail };
}
