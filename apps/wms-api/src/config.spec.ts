import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readApiConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'pilotfish-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const keyFile = join(folder, 'key');
writeFileSync(keyFile, Buffer.alloc(32, 7));

const GOOD = {
  DATABASE_URL: 'postgresql://wms:hunter2@127.0.0.1/wms',
  WMS_MASTER_KEY_FILE: keyFile,
  WMS_BLOBS: '/var/blobs',
  WMS_FILES: '/var/files',
};

describe('the environment of the API', () => {
  it('has defaults for all that need not be said', () => {
    const config = readApiConfig(GOOD);
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8440,
      tls: null,
      operatorTokenFile: null,
      maxSandboxBytes: 10 * 1_048_576,
    });
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });

  it('makes the first operator only when told so', () => {
    const env = { ...GOOD, WMS_DATA_DIR: '/var/data' };
    expect(readApiConfig(env).operatorTokenFile).toBeNull();
    expect(readApiConfig({ ...env, WMS_BOOTSTRAP_OPERATOR: '1' }).operatorTokenFile).toBe('/var/data/operator-token');
  });

  it('is refused with every fault at once', () => {
    expect(() => readApiConfig({ ...GOOD, DATABASE_URL: '', WMS_PORT: '99999' })).toThrow(
      /DATABASE_URL[\s\S]*WMS_PORT/,
    );
  });

  it('never serves in the clear because half of the TLS settings are missing', () => {
    expect(() => readApiConfig({ ...GOOD, WMS_TLS_CERT: '/etc/cert.pem' })).toThrow(/WMS_TLS_KEY/);
    expect(() => readApiConfig({ ...GOOD, WMS_TLS_KEY: '/etc/key.pem' })).toThrow(/WMS_TLS_CERT/);
  });
});
