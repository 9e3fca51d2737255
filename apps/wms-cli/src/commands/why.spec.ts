import { afterEach, describe, expect, it } from 'vitest';
import { type FakeService, type Handlers, startFakeService } from '../fake-service.fixture.ts';
import { type RunOptions, run } from '../run.fixture.ts';

let service: FakeService | undefined;

afterEach(() => service?.close());

async function wms(handlers: Handlers, argv: readonly string[], options: RunOptions = {}) {
  service = await startFakeService(handlers);
  return run(argv, { url: service.url, ...options });
}

describe('the estimated start', () => {
  it('of a waiting job is told with its reason', async () => {
    const estimatedStart = { at: '2030-01-01T12:02:10.000Z', because: '3 jobs of ada go first' };
    const handlers: Handlers = {
      whyJob: () => ({ id: 7, state: 'Waiting', summary: 'no VM has room', lines: [], estimatedStart }),
    };
    expect((await wms(handlers, ['why', '7'])).stdout).toBe(
      'Waiting\tno VM has room\nestimated start\t2030-01-01T12:02:10.000Z: 3 jobs of ada go first\n',
    );
    const { url } = service!;
    expect((await run(['why', '7'], { url, terminal: true })).stdout).toBe(
      'job 7 is Waiting: no VM has room\n  estimated start  in about 2 min: 3 jobs of ada go first\n',
    );
  });

  it('is compared with the true one', async () => {
    const report = { count: 4, medianErrorS: 2.04, p90ErrorS: 70, biasS: null };
    expect((await wms({ etaReport: () => report }, ['eta-report'])).stdout).toBe('4\t2.04\t70\t\n');
    const { url } = service!;
    const { stdout } = await run(['eta-report'], { url, terminal: true });
    expect(stdout).toContain('MEDIAN ERROR');
    expect(stdout).toMatch(/4 +2 s +1 min +-/);
  });
});
