// Asks the centre whether the halt it ordered still stands, now that nothing runs here.
import { ApiError, type Client, type Instructions, workerRoutes } from '@pilotfish/api-contract';
import { isPassing, pause } from '@pilotfish/worker-kit';

const PATIENCE_MS = 60_000;
const AGAIN_MS = 2000;

/** False only when the order was taken back, which `onOrders` hears; without an answer in time it stands. */
export async function confirmHalt(
  client: Client,
  reason: string,
  onOrders: (orders: Instructions) => void,
  patienceMs = PATIENCE_MS,
): Promise<boolean> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      const { halt } = await client.call(workerRoutes.haltVm, { body: { reason }, timeoutMs: 10_000 });
      if (halt) return true;
      const query = { version: 0, waitS: 0 };
      const orders = await client.call(workerRoutes.awaitInstructions, { query, timeoutMs: 10_000 });
      onOrders(orders);
      if (orders.vm !== 'halt') return false;
    } catch (error) {
      // A VM that is already retired isn't answered any more.
      if (error instanceof ApiError && (!isPassing(error) || error.problem.status === 401)) return true;
    }
    if (performance.now() >= end) return true;
    await pause(Math.min(AGAIN_MS, end - performance.now()));
  }
}
