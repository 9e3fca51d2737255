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
}

export async function planOnce(deps: PlanDeps): Promise<void> {
  await deps.exclusive('plan', async () => {
    const actions = plan(await deps.store.seen(), deps.policy);
    if (actions.length === 0) return;
    const ids = await deps.store.order(actions, { maxVmsPerVo: deps.policy.maxVmsPerVo });
    deps.tellVms();
    for (const id of ids) await deps.hand(id);
  });
}
