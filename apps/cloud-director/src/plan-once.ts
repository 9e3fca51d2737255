// One plan for the whole deployment: look, decide, order. The lock makes it one at a time however many directors run.
import type { FleetStore } from '@pilotfish/fleet';
import { type Policy, plan } from '@pilotfish/fleet-planner';
import type { Exclusive } from '@pilotfish/persistence';

export interface PlanDeps {
  readonly store: FleetStore;
  readonly policy: Policy;
  readonly exclusive: Exclusive;
  /** Hands an order to the queue of cloud calls. */
  readonly hand: (orderId: number) => Promise<void>;
  /** Orders to VMs have changed. */
  readonly tellVms: () => void;
  /** Asks for another plan soon: VMs have stepped, and the next step may follow at once. */
  readonly again: () => void;
}

export async function planOnce(deps: PlanDeps): Promise<void> {
  await deps.exclusive('plan', async () => {
    const actions = plan(await deps.store.seen(), deps.policy);
    if (actions.length === 0) return;
    const { calls, changed } = await deps.store.order(actions, { maxVmsPerVo: deps.policy.maxVmsPerVo });
    if (changed) {
      deps.tellVms();
      deps.again();
    }
    for (const id of calls) await deps.hand(id);
  });
}
