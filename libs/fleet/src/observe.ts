// Observe: what the cloud has of ours. A failed list is a fact of its own and never an empty fleet.
import { type Cloud, CloudError } from './cloud.ts';
import type { FleetStore } from './fleet-store.ts';

export async function observe(store: FleetStore, endpoint: string, cloud: Cloud): Promise<void> {
  try {
    const machines = await cloud.list();
    await store.recordObservation(endpoint, machines);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    await store.recordBlindness(endpoint, `${error.failure}: ${error.message}`);
  }
}
