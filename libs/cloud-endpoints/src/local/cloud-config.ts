// As much of cloud-init as our own user-data needs. What is unknown is ignored, as cloud-init does; what is known but
// not done here (another encoding of a file) is refused rather than done wrongly.
import { CloudError } from '@pilotfish/fleet';
import { parse } from 'yaml';
import { z } from 'zod';

const cloudConfig = z.object({
  packages: z.array(z.string()).default([]),
  write_files: z
    .array(
      z.object({
        path: z.string().startsWith('/'),
        content: z.string().default(''),
        permissions: z
          .string()
          .regex(/^[0-7]{3,4}$/)
          .default('0644'),
        encoding: z.literal(['text/plain', 'b64', 'base64']).default('text/plain'),
        append: z.literal(false).default(false),
      }),
    )
    .default([]),
  runcmd: z.array(z.union([z.string(), z.array(z.coerce.string())])).default([]),
});
export type CloudConfig = z.output<typeof cloudConfig>;

/** @throws CloudError `refused` when the text is no cloud-config this endpoint can carry out. */
export function parseCloudConfig(userData: string): CloudConfig {
  if (!/^#cloud-config\s*$/m.test(userData.split('\n', 1)[0] ?? '')) {
    throw new CloudError('refused', 'The user-data does not begin with #cloud-config.');
  }
  const parsed = cloudConfig.safeParse(yamlOf(userData));
  if (parsed.success) return parsed.data;
  const list = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new CloudError('refused', `The local endpoint can't carry out this cloud-config: ${list}.`);
}

/** cloud-init's rule for runcmd: a string is a line of shell, a list is one command with its arguments. */
export function shellScript(runcmd: CloudConfig['runcmd']): string {
  const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const lines = runcmd.map((command) => (typeof command === 'string' ? command : command.map(quoted).join(' ')));
  return ['#!/bin/sh', ...lines, ''].join('\n');
}

function yamlOf(userData: string): unknown {
  try {
    return parse(userData, { version: '1.1', logLevel: 'error' });
  } catch {
    // The parser's message quotes the text, and the text holds an activation key.
    throw new CloudError('refused', 'The user-data is not valid YAML.');
  }
}
