// Act: one order, one cloud call, one record. Delivery may repeat an order; launch and terminate are idempotent by VM id.
import type { Secret } from '@pilotfish/model';
import { type Cloud, CloudError, type CloudFailure, type LaunchOrder } from './cloud.ts';
import type { FleetStore, Ticket } from './fleet-store.ts';

export interface ActDeps {
  readonly store: FleetStore;
  readonly cloudOf: (endpoint: Ticket['endpoint']) => Cloud;
  readonly newActivationKey: () => { readonly key: Secret; readonly hash: Buffer };
  readonly userData: (ticket: Ticket, activationKey: Secret) => string;
}

/** Failures that a later try of the same call may mend; after so many tries they count as final. */
const PASSING: readonly CloudFailure[] = ['throttled', 'unknown-outcome'];
const LAUNCH_TRIES = 3;
const RETRY_S = 5;
const MAX_RETRY_S = 300;
const CONSOLE_TAIL = 16_384;

export async function act(deps: ActDeps, orderId: number): Promise<void> {
  const ticket = await deps.store.take(orderId);
  if (ticket === undefined) return;
  if (ticket.kind === 'launch') await launch(deps, ticket);
  else if (ticket.kind === 'terminate') await terminate(deps, ticket);
}

async function launch(deps: ActDeps, ticket: Ticket): Promise<void> {
  const { profile } = ticket;
  if (profile === null || ticket.vm === null) return;
  // On a repeated try the machine may exist with its first key already; then the key must not change.
  const { key, hash } = deps.newActivationKey();
  const order: LaunchOrder = { vmId: ticket.vmId, vo: ticket.vm.vo, profile, userData: deps.userData(ticket, key) };
  try {
    const cloud = deps.cloudOf(ticket.endpoint);
    const known = ticket.tries > 1 ? (await cloud.list()).find(({ vmId }) => vmId === ticket.vmId) : undefined;
    if (known === undefined) await deps.store.setActivation(ticket.vmId, hash, profile.bootTimeoutS);
    const machine = known ?? (await cloud.launch(order));
    await deps.store.launched(ticket.id, machine);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (PASSING.includes(error.failure) && ticket.tries < LAUNCH_TRIES) {
      await deps.store.postpone(ticket.id, RETRY_S * ticket.tries, error.failure, error.message);
    } else {
      await deps.store.launchFailed(ticket.id, error.failure, error.message);
    }
  }
}

/** Never given up: a machine that can't be deleted stays on the books and is tried again. */
async function terminate(deps: ActDeps, ticket: Ticket): Promise<void> {
  try {
    const cloud = deps.cloudOf(ticket.endpoint);
    const console = await cloud.consoleLog(ticket.vmId).catch(() => '');
    await cloud.terminate(ticket.vmId);
    await deps.store.terminated(ticket.id, console.slice(-CONSOLE_TAIL));
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const delayS = Math.min(MAX_RETRY_S, RETRY_S * 2 ** Math.min(ticket.tries, 10));
    await deps.store.postpone(ticket.id, delayS, error.failure, error.message);
  }
}
