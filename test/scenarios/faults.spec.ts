// Whatever is killed in the middle of the work: it completes, nothing ends twice, no VM and no process is left.
import { setTimeout as pause } from 'node:timers/promises';
import { routes } from '@pilotfish/api-contract';
import { describe, expect, test } from 'vitest';
import {
  allEnded,
  brokenAtRest,
  eventually,
  kill,
  type Service,
  submit,
  type User,
  withService,
} from './service.fixture.ts';

const JOBS = 24;
/** Long enough to be running when the blow comes, on 8 cores in three rounds. */
const WORK = {
  executable: '/bin/sh',
  arguments: ['-c', 'sleep 1.5; echo "job $PILOTFISH_JOB_ID"'],
  resources: { cpuTimeS: 100 },
};

/** Starts the work, strikes when some of it runs, and checks that all is well in the end. */
async function survives(strike: (service: Service) => Promise<void> | void): Promise<void> {
  await withService(async (service) => {
    const user = await service.addVo('astro', {});
    await submit(user, WORK, JOBS);
    const look = () => user.client.call(routes.countJobs, { query: {} });
    await eventually(look, ({ counts }) => (counts.Running ?? 0) >= 4, 30_000, '4 running jobs');
    await strike(service);
    await completes(service, user);
  });
}

async function completes(service: Service, user: User): Promise<void> {
  const jobs = await allEnded(user.client, 90_000);
  expect(jobs).toHaveLength(JOBS);
  expect(jobs.filter(({ state }) => state !== 'Done')).toEqual([]);
  for (const { id } of jobs) {
    const { attempts } = await user.client.call(routes.showJob, { params: { id: String(id) }, query: {} });
    expect(
      attempts.filter(({ state }) => state === 'Done'),
      `accepted ends of job ${id}`,
    ).toHaveLength(1);
    const log = await user.client.call(routes.jobLog, { params: { id: String(id), stream: 'stdout' }, query: {} });
    expect(log.text).toBe(`job ${id}\n`);
  }
  expect(await brokenAtRest(service)).toEqual([]);
}

describe.concurrent('kill -9 in the middle of the work', () => {
  test.for(['api', 'director', 'postgres'] as const)('of the %s: it is started again and the work completes', (part) =>
    survives((service) => kill(service.pid(part))),
  );

  test('of a pilot: its agent starts another, and what it ran is run again', () =>
    survives((service) => kill(service.vmProcesses('pilot.cjs')[0]!.pid)));

  test('of an agent: the VM starts it again with the same identity', () =>
    survives((service) => kill(service.vmProcesses('agent.cjs')[0]!.pid)));

  test('of a whole VM: the cloud reports it as off and its jobs run elsewhere', () =>
    survives((service) => {
      const [, vm] = /\/vms\/([0-9a-f-]{36})/.exec(service.vmProcesses('agent.cjs')[0]!.command)!;
      for (const { pid } of service.vmProcesses(undefined, vm)) kill(pid);
    }));

  test('of the supervisor: the next start finds database, VMs and running jobs again', () =>
    survives(async (service) => {
      kill(service.supervisor);
      await pause(500);
      await service.start();
    }));

  test('of everything at once but the VMs', () =>
    survives(async (service) => {
      const pids = [service.supervisor, service.pid('api'), service.pid('director'), service.pid('postgres')];
      for (const pid of pids) kill(pid);
      await pause(500);
      await service.start();
    }));

  test('of nothing, but with the broker wiped: its loops and calls come back from the ledger', () =>
    survives(async (service) => {
      await service.sql(`DO $$ DECLARE t text; BEGIN
        FOR t IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'bullmq'
          AND tablename NOT LIKE '%migration%'
        LOOP EXECUTE 'TRUNCATE ' || t || ' CASCADE'; END LOOP; END $$`);
    }));
});
