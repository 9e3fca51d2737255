// The loop as its people meet it: VOs apart, a kill that arrives, work that outlives a restart, a fleet that comes and goes.
import { routes } from '@pilotfish/api-contract';
import { describe, expect, test } from 'vitest';
import { allEnded, brokenAtRest, eventually, jobsOf, submit, withService } from './service.fixture.ts';

const SLEEP = { executable: '/bin/sleep', arguments: ['60'], resources: { cpuTimeS: 100 } };

describe.concurrent('the loop', () => {
  test('runs the jobs of two VOs on VMs of their own only, four single-core jobs at once on four cores', () =>
    withService(async (service) => {
      const astro = await service.addVo('astro', {});
      const bio = await service.addVo('bio', {});
      const work = { executable: '/bin/sleep', arguments: ['1'], resources: { cpuTimeS: 100 } };
      await Promise.all([submit(astro, work, 12), submit(bio, work, 12)]);
      const operator = service.operator();
      const full = await eventually(
        () => operator.call(routes.listVms, { query: {} }),
        ({ vms }) => vms.some(({ jobs }) => jobs === 4),
        30_000,
        'a VM with four jobs',
      );
      expect(full.vms.every(({ processorsBusy, capacity }) => processorsBusy <= capacity.processors)).toBe(true);
      await allEnded(operator, 60_000);
      const { vms } = await operator.call(routes.listVms, { query: { all: true } });
      expect(new Set(vms.map(({ vo }) => vo))).toEqual(new Set(['astro', 'bio']));
      const seen = await bio.client.call(routes.listVms, { query: { all: true } });
      expect(new Set(seen.vms.map(({ vo }) => vo))).toEqual(new Set(['bio']));
      expect(await brokenAtRest(service)).toEqual([]);
    }));

  test('a kill reaches the payload in less than two seconds and ends its whole process tree', () =>
    withService(async (service) => {
      const user = await service.addVo('astro', {});
      const tree = {
        executable: '/bin/sh',
        arguments: ['-c', 'sleep 600 & sleep 600 & wait'],
        resources: { cpuTimeS: 100 },
      };
      const [id] = await submit(user, tree);
      await eventually(
        () => jobsOf(user.client),
        ([job]) => job?.state === 'Running',
        30_000,
        'the job to run',
      );
      const asked = Date.now();
      await user.client.call(routes.killJobs, { body: { ids: [id!], reason: 'no longer needed' } });
      const [killed] = await eventually(
        () => jobsOf(user.client),
        ([job]) => job?.state === 'Killed',
        10_000,
        'the kill',
      );
      // The bar is the product's promise; a loaded test machine gets some slack on top.
      expect(Date.now() - asked).toBeLessThan(4000);
      expect(killed?.killReason).toBe('no longer needed');
      expect(service.vmProcesses().filter(({ command }) => command.includes('sleep 600'))).toEqual([]);
      expect(await brokenAtRest(service)).toEqual([]);
    }));

  test('a whole-node job runs alone, and a failing job keeps its exit code and reason', () =>
    withService(async (service) => {
      const user = await service.addVo('astro', { maxVms: 1 });
      const [whole] = await submit(user, {
        executable: '/bin/sleep',
        arguments: ['1'],
        resources: { wholeNode: true, cpuTimeS: 100 },
      });
      await submit(user, { executable: '/bin/sleep', arguments: ['0.3'], resources: { cpuTimeS: 100 } }, 8);
      const [failing] = await submit(user, { executable: '/bin/sh', arguments: ['-c', 'echo no >&2; exit 9'] });
      await allEnded(user.client, 60_000);
      const jobs = await Promise.all(
        (await jobsOf(user.client)).map(({ id }) =>
          user.client.call(routes.showJob, { params: { id: String(id) }, query: {} }),
        ),
      );
      const spans = jobs.map(({ id, startedAt, endedAt }) => ({
        id,
        from: Date.parse(startedAt!),
        to: Date.parse(endedAt!),
      }));
      const mine = spans.find(({ id }) => id === whole)!;
      expect(spans.filter(({ id, from, to }) => id !== whole && from < mine.to && mine.from < to)).toEqual([]);
      const failed = jobs.find(({ id }) => id === failing)!;
      expect([failed.state, failed.exitCode, failed.minor]).toEqual(['Failed', 9, 'Application Finished With Errors']);
      expect(await brokenAtRest(service)).toEqual([]);
    }));

  test('jobs go on while the service is stopped, and are known again after the next start', () =>
    withService(async (service) => {
      const user = await service.addVo('astro', { lostAfterS: 60 });
      await submit(
        user,
        { executable: '/bin/sh', arguments: ['-c', 'sleep 4; echo survived'], resources: { cpuTimeS: 100 } },
        2,
      );
      await eventually(
        () => jobsOf(user.client),
        (jobs) => jobs.every(({ state }) => state === 'Running'),
        30_000,
        'both to run',
      );
      await service.stop();
      await service.start();
      const jobs = await allEnded(user.client, 60_000);
      expect(jobs.map(({ state, attempt }) => [state, attempt])).toEqual([
        ['Done', 1],
        ['Done', 1],
      ]);
      expect(await brokenAtRest(service)).toEqual([]);
    }));

  test('an operator stops a VM at once: its job is requeued; a drained VM ends its job first', () =>
    withService(async (service) => {
      const user = await service.addVo('astro', { maxVms: 1 });
      const operator = service.operator();
      const [id] = await submit(user, { ...SLEEP, arguments: ['3'] });
      const runs = (attempt: number) =>
        eventually(
          () => jobsOf(user.client),
          ([job]) => job?.state === 'Running' && job.attempt === attempt,
          30_000,
          `attempt ${attempt}`,
        );
      await runs(1);
      const vm = async () => (await operator.call(routes.listVms, { query: { state: ['running'] } })).vms[0]!;
      await operator.call(routes.stopVm, { params: { id: (await vm()).id }, body: { reason: 'maintenance' } });
      await runs(2);
      await operator.call(routes.drainVm, { params: { id: (await vm()).id }, body: { reason: 'upgrade' } });
      const [job] = await allEnded(user.client, 30_000);
      expect([job?.id, job?.state, job?.attempt]).toEqual([id, 'Done', 2]);
      const { vms } = await operator.call(routes.listVms, { query: { all: true } });
      expect(vms.map(({ retireReason }) => retireReason)).toEqual(
        expect.arrayContaining([expect.stringContaining('maintenance'), expect.stringContaining('upgrade')]),
      );
      expect(await brokenAtRest(service)).toEqual([]);
    }));
});
