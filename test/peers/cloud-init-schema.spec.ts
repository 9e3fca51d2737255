// The user-data against cloud-init itself: its schema, and the YAML parser it reads with.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderUserData, type UserDataInput } from '@pilotfish/fleet';
import { Secret, type VmId } from '@pilotfish/model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU+/8=\n-----END CERTIFICATE-----\n';
/** Plain, YAML 1.1 would read these as something else than text. */
const ODD = [
  'git',
  'yes',
  'off',
  'null',
  '~',
  '0777',
  '1:30',
  '1e3',
  '0x1F',
  '2026-01-01',
  '#x',
  '&a',
  '*a',
  '!!int',
  '<<',
  '=',
  '|',
  '{a',
  '"',
  "'",
  '\\n',
  '%x',
];

function input(overrides: Partial<UserDataInput> = {}): UserDataInput {
  return {
    serviceUrl: 'https://wms.example.org:8443',
    vmId: '0b2f6c1e-57d4-4c56-9c3e-0f1b5a7d2e90' as VmId,
    activationKey: new Secret('key-0123456789abcdef'),
    ca: null,
    files: {
      agent: { name: 'agent.cjs', sha256: 'a'.repeat(64) },
      pilot: { name: 'pilot.cjs', sha256: 'b'.repeat(64) },
    },
    profile: { packages: [] },
    ...overrides,
  };
}

describe('cloud-init', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pilotfish-schema-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach((context) => {
    const { error } = spawnSync('cloud-init', ['--version']);
    if (error) context.skip(`the Debian package cloud-init is not installed: ${error.message}`);
  });

  async function schema(text: string) {
    const file = join(folder, 'user-data');
    await writeFile(file, text);
    const { status, stdout, stderr } = spawnSync('cloud-init', ['schema', '--config-file', file], { encoding: 'utf8' });
    return { status, output: stdout + stderr };
  }

  it.each([
    ['without packages', input()],
    ['with a CA and packages', input({ ca: PEM, profile: { packages: ['nodejs', 'libc6:amd64', 'git=1:2.39'] } })],
    ['with names that look like other YAML', input({ profile: { packages: ODD } })],
  ])('finds the user-data valid %s', async (_what, given) => {
    const { status, output } = await schema(renderUserData(given));
    expect(output).toMatch(/Valid (cloud-config|schema)/);
    expect(output).not.toMatch(/deprecat|warning/i);
    expect(status).toBe(0);
  });

  it('would have said so if it were not', async () => {
    const broken = renderUserData(input()).replace('permissions: "0600"', 'permissions: 384');
    const { status, output } = await schema(broken);
    expect(output).toMatch(/write_files/);
    expect(status).not.toBe(0);
  });

  it('reads the same texts from it as were put in', () => {
    const text = renderUserData(input({ ca: PEM, profile: { packages: ODD } }));
    const program = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))';
    const { stdout } = spawnSync('python3', ['-c', program], { input: text, encoding: 'utf8' });
    const config = JSON.parse(stdout);
    expect(config.packages).toEqual(ODD);
    expect(config.write_files.map((file: { permissions: unknown }) => file.permissions)).toEqual([
      '0600',
      '0755',
      '0755',
      '0644',
    ]);
    expect(JSON.parse(config.write_files[0].content)).toMatchObject({ ca: PEM, activationKey: 'key-0123456789abcdef' });
    for (const script of config.write_files.slice(1, 3)) {
      expect(spawnSync('sh', ['-n'], { input: script.content, encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
    }
  });
});
