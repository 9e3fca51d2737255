import { Secret } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { anInput, aProfile, VM_ID } from './profile.fixture.ts';
import { renderUserData } from './render-user-data.ts';
import { userDataSize } from './user-data-size.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU+/8=\n-----END CERTIFICATE-----\n';

interface WrittenFile {
  readonly path: string;
  readonly owner: string;
  readonly permissions: unknown;
  readonly content: string;
}
interface CloudConfig {
  readonly hostname: string;
  readonly packages?: readonly string[];
  readonly write_files: readonly WrittenFile[];
  readonly runcmd: readonly string[];
}
const read = (text: string): CloudConfig => parse(text, { version: '1.1' });
const fileOf = (text: string, path: string) => read(text).write_files.find((one) => one.path === path);
const vmJson = (text: string) => JSON.parse(fileOf(text, '/opt/pilotfish/etc/vm.json')?.content ?? '');

describe('renderUserData', () => {
  it('makes a cloud-config that writes the files and starts the agent', () => {
    const text = renderUserData(anInput());
    expect(text.startsWith('#cloud-config\n')).toBe(true);
    const config = read(text);
    expect(config.hostname).toBe(`pf-${VM_ID}`);
    expect(config.write_files.map(({ path, owner, permissions }) => [path, owner, permissions])).toEqual([
      ['/opt/pilotfish/etc/vm.json', 'root:root', '0600'],
      ['/opt/pilotfish/bootstrap.sh', 'root:root', '0755'],
      ['/opt/pilotfish/start.sh', 'root:root', '0755'],
      ['/etc/systemd/system/pilotfish-agent.service', 'root:root', '0644'],
    ]);
    expect(config.runcmd).toHaveLength(1);
  });

  it('tells the VM where the service is, who it is and what to run', () => {
    const input = anInput({ ca: PEM, node: { 'linux-x64': 'c'.repeat(64) } });
    const { serviceUrl, vmId, ca, files, node } = input;
    expect(vmJson(renderUserData(input))).toEqual({
      serviceUrl,
      vmId,
      activationKey: input.activationKey.reveal(),
      ca,
      files,
      node,
    });
  });

  it('leaves packages out when the profile has none', () => {
    expect(read(renderUserData(anInput()))).not.toHaveProperty('packages');
  });

  it('names the flaw when packages could be taken for options', () => {
    const profile = aProfile({ packages: ['git', '-oDpkg::x=y'] });
    expect(() => renderUserData(anInput({ profile }))).toThrow(/\/packages\/1 must be a package name/);
  });

  it('refuses a bundle that holds a private key', () => {
    const ca = `${PEM}-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n`;
    expect(() => renderUserData(anInput({ ca }))).toThrow(/\/ca must hold PEM certificates/);
  });

  it('refuses a service that VMs would reach in the clear', () => {
    expect(() => renderUserData(anInput({ serviceUrl: 'http://10.0.0.7:8080' }))).toThrow(/must be https/);
  });

  it('refuses what no cloud would take', () => {
    const profile = aProfile({ packages: Array.from({ length: 500 }, (_, index) => `p${index}`.padEnd(120, 'x')) });
    expect(() => renderUserData(anInput({ profile }))).toThrow(/fewer packages/);
  });

  it('fits into the smallest cloud with a CA and some packages', () => {
    const ca = PEM.replace('MIIBs', 'MIIBs'.repeat(400));
    const text = renderUserData(anInput({ ca, profile: aProfile({ packages: ['nodejs', 'git', 'podman'] }) }));
    expect(userDataSize(text).bytes).toBeLessThan(16_384);
  });
});

describe('renderUserData, for any profile', () => {
  const odd = fc.constantFrom(
    'yes',
    'on',
    'null',
    '~',
    '0777',
    '1:30',
    '1e3',
    '#x',
    '&a',
    '*a',
    '!!int',
    '{',
    "'",
    '"',
    ':',
    '%x',
    '0x1F',
    '<<',
    '=',
    '|',
    '\\n',
  );
  const printable = fc.string({
    unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
    minLength: 1,
  });
  const aPackage = fc.oneof(odd, printable).filter((name) => !name.startsWith('-'));
  const anyText = fc.string({ unit: 'binary', maxLength: 40 });

  it('gives back every package name as the text it was, under YAML 1.1 and 1.2', () => {
    fc.assert(
      fc.property(fc.array(aPackage, { minLength: 1, maxLength: 20 }), (packages) => {
        const text = renderUserData(anInput({ profile: aProfile({ packages }) }));
        expect(read(text).packages).toEqual(packages);
        expect(parse(text).packages).toEqual(packages);
        expect(text.match(/^ {2}- [^"p].*$/m)).toBeNull();
      }),
    );
  });

  it('holds no secret but the activation key, and nothing else of the profile', () => {
    const plain = renderUserData(anInput());
    fc.assert(
      fc.property(anyText, anyText, fc.dictionary(anyText, anyText), (image, owner, environment) => {
        const profile = aProfile({ image, owners: [owner], tags: [owner], environment });
        expect(renderUserData(anInput({ profile }))).toBe(plain);
      }),
    );
    expect(plain.split('key-0123456789abcdef')).toHaveLength(2);
  });

  it('keeps any printable activation key as it is', () => {
    fc.assert(
      fc.property(printable, (key) => {
        const text = renderUserData(anInput({ activationKey: new Secret(key) }));
        expect(vmJson(text).activationKey).toBe(key);
      }),
    );
  });
});
