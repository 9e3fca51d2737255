// What every cloud driver must do, whatever it drives. A driver's spec calls this with a way to open its cloud.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cloud, CloudError, type LaunchOrder, type Machine, type MachineStatus } from '@pilotfish/fleet';
import type { VmId } from '@pilotfish/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface CloudUnderTest {
  readonly cloud: Cloud;
  /** An order this cloud can carry out: the machine prints `hello from <vmId>` to its console and stays up. */
  order(vmId?: VmId): LaunchOrder;
  /** A new driver on the same cloud, as after a crash of the director; nothing is carried over in memory. */
  reopen(): Promise<Cloud>;
  /** Removes everything the test left behind. */
  close(): Promise<void>;
}

const LIMIT_MS = 15_000;

export function cloudContract(name: string, open: () => Promise<CloudUnderTest>): void {
  describe(`${name} keeps the contract of a cloud`, () => {
    let subject: CloudUnderTest;
    let cloud: Cloud;

    beforeEach(async () => {
      subject = await open();
      cloud = subject.cloud;
    });
    afterEach(() => subject.close());

    const machinesOf = async (vmId: VmId, at = cloud) => (await at.list()).filter((one) => one.vmId === vmId);

    /** Waits for the one machine of the VM to get there. */
    async function becomes(vmId: VmId, status: MachineStatus, at = cloud): Promise<Machine> {
      for (const deadline = Date.now() + LIMIT_MS; ; await delay(50)) {
        const [machine, ...twins] = await machinesOf(vmId, at);
        expect(twins).toEqual([]);
        if (machine?.status === status) return machine;
        if (Date.now() > deadline) expect(machine?.status).toBe(status);
      }
    }

    it('lists a machine it launched', async () => {
      const order = subject.order();
      const launched = await cloud.launch(order);
      expect(launched.vmId).toBe(order.vmId);
      expect(launched.createdAt).toBeInstanceOf(Date);
      const listed = await becomes(order.vmId, 'active');
      expect({ ...listed, status: launched.status }).toEqual(launched);
    });

    it('answers a second launch of the same VM with the same machine', async () => {
      const order = subject.order();
      const first = await cloud.launch(order);
      const second = await cloud.launch(order);
      expect({ ...second, status: first.status }).toEqual(first);
      expect(await machinesOf(order.vmId)).toHaveLength(1);
    });

    it('makes one machine of concurrent launches of the same VM', async () => {
      const order = subject.order();
      const launched = await Promise.all([1, 2, 3, 4].map(() => cloud.launch(order)));
      expect(new Set(launched.map(({ providerId }) => providerId)).size).toBe(1);
      expect(await machinesOf(order.vmId)).toHaveLength(1);
    });

    it('makes one machine even when two directors launch the same VM', async () => {
      const order = subject.order();
      const other = await subject.reopen();
      const [mine, theirs] = await Promise.all([cloud.launch(order), other.launch(order)]);
      expect(theirs.providerId).toBe(mine.providerId);
      expect(await machinesOf(order.vmId)).toHaveLength(1);
    });

    it('makes different machines for different VMs, and removes only the one that was meant', async () => {
      const [one, two] = [subject.order(), subject.order()];
      const launched = await Promise.all([cloud.launch(one), cloud.launch(two)]);
      expect(new Set(launched.map(({ providerId }) => providerId)).size).toBe(2);
      await cloud.terminate(one.vmId);
      expect(await machinesOf(one.vmId)).toEqual([]);
      await becomes(two.vmId, 'active');
    });

    it('removes a machine, also one that has hardly begun, and removing it again is success', async () => {
      const order = subject.order();
      await cloud.launch(order);
      await cloud.terminate(order.vmId);
      expect(await machinesOf(order.vmId)).toEqual([]);
      await cloud.terminate(order.vmId);
    });

    it('takes the removal of a machine it never had as success', async () => {
      await cloud.terminate(randomUUID() as VmId);
    });

    it('keeps a stopped machine, and starts it again as the same one', async () => {
      const { vmId, ...rest } = subject.order();
      const { providerId } = await cloud.launch({ vmId, ...rest });
      await becomes(vmId, 'active');
      await cloud.stop(vmId);
      expect((await becomes(vmId, 'stopped')).providerId).toBe(providerId);
      await cloud.stop(vmId);
      await cloud.start(vmId);
      expect((await becomes(vmId, 'active')).providerId).toBe(providerId);
      await cloud.start(vmId);
      await becomes(vmId, 'active');
      await cloud.stop(vmId);
      await cloud.terminate(vmId);
      expect(await machinesOf(vmId)).toEqual([]);
    });

    it('still knows its machines after the director was started anew', async () => {
      const order = subject.order();
      const { providerId } = await cloud.launch(order);
      const other = await subject.reopen();
      expect((await becomes(order.vmId, 'active', other)).providerId).toBe(providerId);
      expect((await other.launch(order)).providerId).toBe(providerId);
      await other.terminate(order.vmId);
      expect(await machinesOf(order.vmId)).toEqual([]);
    });

    it('shows the newest part of the console', async () => {
      const order = subject.order();
      await cloud.launch(order);
      for (const deadline = Date.now() + LIMIT_MS; ; await delay(50)) {
        const text = await cloud.consoleLog(order.vmId);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
        if (text.includes(`hello from ${order.vmId}`)) break;
        if (Date.now() > deadline) expect(text).toContain(`hello from ${order.vmId}`);
      }
    });

    it.each(['stop', 'start', 'consoleLog'] as const)('says “gone” to %s of a machine it never had', async (verb) => {
      const failure = await cloud[verb](randomUUID() as VmId).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CloudError);
      expect(failure).toMatchObject({ failure: 'gone' });
    });
  });
}
