// The environment of the API process, read once and checked as a whole.
import { readFileSync } from 'node:fs';
import { Secret } from '@pilotfish/model';
import { readConfig } from '@pilotfish/service-kit';
import { z } from 'zod';

const schema = z
  .object({
    DATABASE_URL: z.string().min(1),
    WMS_MASTER_KEY_FILE: z.string().min(1),
    WMS_HOST: z.string().default('127.0.0.1'),
    WMS_PORT: z.coerce.number().int().min(0).max(65_535).default(8440),
    WMS_BLOBS: z.string().min(1),
    WMS_FILES: z.string().min(1).describe('folder with manifest.json and the worker programs'),
    WMS_DATA_DIR: z.string().min(1).optional(),
    WMS_BOOTSTRAP_OPERATOR: z.enum(['0', '1']).default('0'),
    WMS_TLS_CERT: z.string().optional(),
    WMS_TLS_KEY: z.string().optional(),
    WMS_MAX_SANDBOX_MIB: z.coerce.number().positive().default(10),
    WMS_POOL: z.coerce.number().int().min(2).max(100).default(16),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    PILOTFISH_SUPERVISED: z.enum(['0', '1']).default('0'),
  })
  .refine((env) => (env.WMS_TLS_CERT === undefined) === (env.WMS_TLS_KEY === undefined), {
    path: ['WMS_TLS_KEY'],
    message: 'give WMS_TLS_CERT and WMS_TLS_KEY together, or neither',
  });

export function readApiConfig(env: Record<string, string | undefined> = process.env) {
  const checked = readConfig(schema, env);
  return Object.freeze({
    databaseUrl: new Secret(checked.DATABASE_URL),
    masterKey: new Secret(readFileSync(checked.WMS_MASTER_KEY_FILE)),
    host: checked.WMS_HOST,
    port: checked.WMS_PORT,
    blobs: checked.WMS_BLOBS,
    files: checked.WMS_FILES,
    operatorTokenFile:
      checked.WMS_BOOTSTRAP_OPERATOR === '1' && checked.WMS_DATA_DIR ? `${checked.WMS_DATA_DIR}/operator-token` : null,
    tls: checked.WMS_TLS_CERT && checked.WMS_TLS_KEY ? { cert: checked.WMS_TLS_CERT, key: checked.WMS_TLS_KEY } : null,
    maxSandboxBytes: checked.WMS_MAX_SANDBOX_MIB * 1_048_576,
    pool: checked.WMS_POOL,
    logLevel: checked.LOG_LEVEL,
    lifecycle: { PILOTFISH_SUPERVISED: checked.PILOTFISH_SUPERVISED },
  });
}

export type ApiConfig = ReturnType<typeof readApiConfig>;
