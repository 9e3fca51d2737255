// The environment of the director process, read once and checked as a whole.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramFile } from '@pilotfish/fleet';
import { Secret } from '@pilotfish/model';
import { readConfig } from '@pilotfish/service-kit';
import { z } from 'zod';

const seconds = z.coerce.number().positive();

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  REDIS_URL: z.string().min(1).optional(),
  WMS_URL: z.url().describe('address of the service as VMs see it'),
  WMS_CA: z.string().optional().describe('file with the CA that VMs trust, and no other'),
  WMS_FILES: z.string().min(1).describe('folder with manifest.json and the worker programs'),
  WMS_DATA_DIR: z.string().min(1),
  WMS_OBSERVE_S: seconds.default(5),
  WMS_PLAN_S: seconds.default(5),
  WMS_SWEEP_S: seconds.default(5),
  WMS_ROLL_UP_S: seconds.default(5),
  WMS_SHARE_HALF_LIFE_S: seconds.default(86_400).describe('after this time, what was used counts half'),
  WMS_POOL: z.coerce.number().int().min(2).max(100).default(8),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  PILOTFISH_SUPERVISED: z.enum(['0', '1']).default('0'),
});

const manifest = z.object({ files: z.record(z.string(), z.object({ sha256: z.string() })) });

export function readDirectorConfig(env: Record<string, string | undefined> = process.env) {
  const checked = readConfig(schema, env);
  const { files } = manifest.parse(JSON.parse(readFileSync(join(checked.WMS_FILES, 'manifest.json'), 'utf8')));
  const program = (name: string): ProgramFile => ({ name, sha256: files[name]!.sha256 });
  return Object.freeze({
    databaseUrl: new Secret(checked.DATABASE_URL),
    redisUrl: checked.REDIS_URL === undefined ? undefined : new Secret(checked.REDIS_URL),
    serviceUrl: checked.WMS_URL,
    ca: checked.WMS_CA === undefined ? null : readFileSync(checked.WMS_CA, 'utf8'),
    programs: { agent: program('agent.cjs'), pilot: program('pilot.cjs') },
    dataDir: checked.WMS_DATA_DIR,
    observeMs: checked.WMS_OBSERVE_S * 1000,
    planMs: checked.WMS_PLAN_S * 1000,
    sweepMs: checked.WMS_SWEEP_S * 1000,
    rollUpMs: checked.WMS_ROLL_UP_S * 1000,
    halfLifeS: checked.WMS_SHARE_HALF_LIFE_S,
    pool: checked.WMS_POOL,
    logLevel: checked.LOG_LEVEL,
    lifecycle: { PILOTFISH_SUPERVISED: checked.PILOTFISH_SUPERVISED },
  });
}

export type DirectorConfig = ReturnType<typeof readDirectorConfig>;
