// The one text a cloud VM starts from. Its only secret is the one-time activation key; all else a VM needs, it fetches
// after activation. Readers are cloud-init's YAML 1.1 and our local endpoint, so every text is quoted. It is pure ASCII, because what goes in is checked.
import { type Flaw, type Secret, type VmId, type VmProfile, WmsError } from '@pilotfish/model';
import { Document, Scalar } from 'yaml';
import { agentUnit } from './agent-unit.ts';
import { BOOTSTRAP_SCRIPT } from './bootstrap-script.ts';
import { serviceAddress } from './service-address.ts';
import { START_SCRIPT } from './start-script.ts';
import { USER_DATA_LIMITS, userDataSize } from './user-data-size.ts';

/** A program below `<serviceUrl>/files/`; `sha256` in hex. */
export interface ProgramFile {
  readonly name: string;
  readonly sha256: string;
}

export interface UserDataInput {
  readonly serviceUrl: string;
  readonly vmId: VmId;
  readonly activationKey: Secret;
  /** PEM of the only CA to trust for the service; null: the image's own. */
  readonly ca: string | null;
  readonly files: { readonly agent: ProgramFile; readonly pilot: ProgramFile };
  /** SHA-256 in hex of `/files/node-<os>-<arch>.gz` by `<os>-<arch>`; without, the service's manifest is asked. */
  readonly node?: Readonly<Record<string, string>>;
  readonly profile: Pick<VmProfile, 'packages'>;
}

const FILE_NAME = /^[A-Za-z0-9][\w.-]*$/;
const SHA256 = /^[0-9a-f]{64}$/;
const PLATFORM = /^[a-z0-9]+-[a-z0-9_]+$/;
/** No option of a package manager, nothing a shell or a list would split. */
const PACKAGE = /^[!-,.-~][!-~]*$/;

/**
 * Complete `#cloud-config` text for a VM.
 * @throws WmsError `bad-request` naming what to change, `too-large` beyond what any cloud takes.
 */
export function renderUserData(input: UserDataInput): string {
  const serviceUrl = serviceAddress(input.serviceUrl);
  const flaws = flawsOf(input);
  if (flaws.length > 0) {
    const list = flaws.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
    throw new WmsError('bad-request', `No user-data can be made: ${list}.`, flaws);
  }
  const text = `#cloud-config\n${printed(cloudConfig(input, serviceUrl))}`;
  const { bytes } = userDataSize(text);
  if (bytes > USER_DATA_LIMITS.openstack) {
    throw new WmsError(
      'too-large',
      `The user-data has ${bytes} bytes, clouds take ${USER_DATA_LIMITS.openstack} at most: name fewer packages in the profile and put them into the image.`,
    );
  }
  return text;
}

function cloudConfig({ vmId, profile, ...rest }: UserDataInput, serviceUrl: string): object {
  return {
    hostname: `pf-${vmId}`,
    manage_etc_hosts: true,
    ...(profile.packages.length > 0 ? { packages: profile.packages } : {}),
    write_files: [
      rootFile('/opt/pilotfish/etc/vm.json', '0600', vmJson({ vmId, ...rest }, serviceUrl)),
      rootFile('/opt/pilotfish/bootstrap.sh', '0755', BOOTSTRAP_SCRIPT),
      rootFile('/opt/pilotfish/start.sh', '0755', START_SCRIPT),
      rootFile('/etc/systemd/system/pilotfish-agent.service', '0644', agentUnit(vmId)),
    ],
    // A string goes through the shell, so that the local endpoint's root is honoured.
    runcmd: [`/bin/sh "\${PILOTFISH_ROOT:-}/opt/pilotfish/start.sh"`],
  };
}

function rootFile(path: string, permissions: string, content: string): object {
  const literal = new Scalar(content);
  literal.type = Scalar.BLOCK_LITERAL;
  return { path, owner: 'root:root', permissions, content: literal };
}

/** One member a line, because bootstrap.sh reads it with sed. */
function vmJson(input: Omit<UserDataInput, 'profile'>, serviceUrl: string): string {
  const { vmId, activationKey, ca, files, node } = input;
  const record = { serviceUrl, vmId, activationKey: activationKey.reveal(), ca, files, ...(node ? { node } : {}) };
  return `${JSON.stringify(record, null, 2)}\n`;
}

function printed(config: object): string {
  const document = new Document(config, { aliasDuplicateObjects: false });
  return document.toString({
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    directives: false,
  });
}

function flawsOf({ activationKey, ca, files, node, profile }: UserDataInput): Flaw[] {
  const checks: (readonly [string, boolean, string])[] = [
    ['/activationKey', /^[\x21-\x7e]+$/.test(activationKey.reveal()), 'must be printable ASCII'],
    ['/ca', ca === null || isCertificate(ca), 'must hold PEM certificates and nothing else'],
    ...Object.entries(files).flatMap(([key, { name, sha256 }]) => [
      [`/files/${key}/name`, FILE_NAME.test(name), 'must be a plain file name'] as const,
      [`/files/${key}/sha256`, SHA256.test(sha256), 'must be 64 hexadecimal digits'] as const,
    ]),
    ...Object.entries(node ?? {}).map(
      ([key, hex]) =>
        [`/node/${key}`, PLATFORM.test(key) && SHA256.test(hex), 'must map <os>-<arch> to a SHA-256'] as const,
    ),
    ...profile.packages.map(
      (name, index) =>
        [
          `/packages/${index}`,
          PACKAGE.test(name),
          'must be a package name: printable ASCII without spaces or a leading “-”',
        ] as const,
    ),
  ];
  return checks.filter(([, fine]) => !fine).map(([pointer, , detail]) => ({ pointer, detail }));
}

/** Keeps a bundle with a private key out of every VM. */
function isCertificate(pem: string): boolean {
  const rest = pem.replace(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g, '');
  return rest !== pem && rest.trim() === '';
}
