// Binds the VM to its key, once. The same key asking again gets the same answer, so a lost answer costs nothing; a
// refusal means that this machine is not, or no longer, the VM that was ordered.
import { readFile } from 'node:fs/promises';
import { activationProofText, type Client, type VmBrief, vmBrief, workerRoutes } from '@pilotfish/api-contract';
import { type Log, persist } from '@pilotfish/worker-kit';
import type { Identity } from './identity.ts';
import type { VmFile } from './vm-file.ts';
import { writeWhole } from './write-whole.ts';

/** The contract's longest boot timeout: nobody waits for this VM any longer. */
const PATIENCE_MS = 7_200_000;

export interface ActivationParts {
  /** Without a token. */
  readonly client: Client;
  readonly vm: VmFile;
  readonly identity: Identity;
  readonly briefFile: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The VM's brief, or why there is none. */
export async function activate(parts: ActivationParts): Promise<VmBrief | { readonly refused: string }> {
  const { client, vm, identity, briefFile, log, signal } = parts;
  const known = await readBrief(briefFile);
  if (known?.vmId === vm.vmId) return known;
  const body = {
    vmId: vm.vmId,
    activationKey: vm.activationKey,
    publicKey: identity.publicKey,
    proof: identity.sign(activationProofText(vm.vmId, vm.activationKey, identity.publicKey)),
  };
  const sent = await persist(() => client.call(workerRoutes.activateVm, { body, signal }), {
    signal,
    maxMs: PATIENCE_MS,
    onRetry: (error) => log.warn('activation is tried again', { reason: error.message }),
  });
  if (sent.kind === 'unsure') return { refused: sent.reason };
  if (sent.kind === 'refused') return { refused: `${sent.problem.code}: ${sent.problem.detail}` };
  const brief = vmBrief.parse(sent.reply);
  await writeWhole(briefFile, JSON.stringify(brief));
  log.info('activated', { vm: brief.vmId, vo: brief.vo, profile: brief.profile, endpoint: brief.endpoint });
  return brief;
}

async function readBrief(path: string): Promise<VmBrief | undefined> {
  try {
    return vmBrief.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
