import { afterAll, beforeAll, expect, it } from 'vitest';
import { aWorld, type World } from '../world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

it('jobs with equal needs and owner share a queue, others do not', async () => {
  const [a, b] = await world.submit(2);
  const [c] = await world.submit(1);
  const [other] = await world.submit(1, { owner: 'bob' });
  const [needs] = await world.submit(1, { requirementsKey: 'two cores' });
  const queues = await Promise.all([a!, b!, c!, other!, needs!].map(world.queueOf));
  expect(queues.slice(0, 3)).toEqual([queues[0], queues[0], queues[0]]);
  expect(new Set(queues).size).toBe(3);
});

it('equal payloads are stored once, and each job reads its own', async () => {
  const body = { ...(await world.job((await world.submit(1))[0]!)).payload, arguments: ['only here'] };
  const [a, b] = await world.submit(2, { payload: body });
  expect(await world.read(`SELECT 1 FROM payload WHERE body->'arguments' = '["only here"]'`)).toHaveLength(1);
  expect((await world.job(a!)).payload).toEqual((await world.job(b!)).payload);
  const ids = await world.jobs.reserveIds(2);
  const template = await world.job(a!);
  const { requirements, credential, labels, vo, group, owner, name, jobGroup, priority } = template;
  const rest = { requirements, credential, labels, vo, group, owner, name, jobGroup, priority, maxReschedules: 0 };
  const each = ids.map((id) => ({ ...rest, id, requirementsKey: 'k', payload: { ...body, arguments: [`out-${id}`] } }));
  await world.jobs.insert(each, 'ada');
  for (const id of ids) expect((await world.job(id)).payload.arguments).toEqual([`out-${id}`]);
});

it('a stored job waits, with its history and everything that was said', async () => {
  const labels = { run: 'A "quoted" {label}' };
  const [id] = await world.submit(1, { name: 'n', jobGroup: 'g', priority: 7, labels, credential: 'proxy' });
  expect(await world.job(id!)).toMatchObject({
    state: 'Waiting',
    name: 'n',
    jobGroup: 'g',
    priority: 7,
    labels,
    attempt: 0,
  });
  const history = await world.jobs.history(id!);
  expect(history.map(({ state, source }) => [state, source])).toEqual([
    ['Received', 'ada'],
    ['Waiting', 'ada'],
  ]);
});

it('submissions of the same new queues at the same time all succeed', async () => {
  const keys = Array.from({ length: 12 }, (_, index) => `new ${index}`);
  const rounds = Array.from({ length: 8 }, (_, round) => (round % 2 ? keys : [...keys].reverse()));
  await Promise.all(rounds.flatMap((order) => order.map((requirementsKey) => world.submit(3, { requirementsKey }))));
  const rows = await world.read(`SELECT queue_id, count(*)::int AS n FROM waiting_job GROUP BY 1 HAVING count(*) = 24`);
  expect(rows).toHaveLength(12);
});

it('all are stored or none', async () => {
  const before = await world.read('SELECT count(*)::int AS n FROM job');
  await expect(world.submit(3, { vo: 'nobody' })).rejects.toThrow();
  expect(await world.read('SELECT count(*)::int AS n FROM job')).toEqual(before);
});

it('the reply to a keyed call is kept with the jobs it made, or not at all', async () => {
  await world.read(`INSERT INTO idempotency (caller, key, body_hash) VALUES ('ada', 'key-of-ada', '\\x00')`);
  const kept = () => world.read(`SELECT status, reply FROM idempotency WHERE caller = 'ada' AND key = 'key-of-ada'`);
  const [a] = await world.submit(1);
  const template = await world.job(a!);
  const [id] = await world.jobs.reserveIds(1);
  const receipt = { caller: 'ada', key: 'key-of-ada', status: 201, reply: { ids: [id] } };
  const job = { ...template, id: id!, requirementsKey: 'k' };
  await expect(world.jobs.insert([{ ...job, vo: 'nobody' }], 'ada', receipt)).rejects.toThrow();
  expect(await kept()).toEqual([{ status: null, reply: null }]);
  await world.jobs.insert([job], 'ada', receipt);
  expect(await kept()).toEqual([{ status: 201, reply: { ids: [id] } }]);
});
