import { afterEach, describe, expect, it } from 'vitest';
import { type FakeService, startFakeService } from './fake-service.fixture.ts';
import { run } from './run.fixture.ts';

let service: FakeService | undefined;

afterEach(() => service?.close());

describe('wms', () => {
  it('shows its help on stdout when asked, and on stderr with status 2 when a command is missing', async () => {
    expect(await run(['--help'])).toMatchObject({ status: 0, stderr: '' });
    expect(await run(['vm', '--help'])).toMatchObject({ status: 0, stderr: '' });
    expect(await run(['vm'])).toMatchObject({ status: 2, stdout: '' });
    expect(await run([])).toMatchObject({ status: 2, stdout: '' });
  });

  it.each([[['jobz']], [['show']], [['show', 'seven']], [['jobs', '--colour']], [['vm', 'list', '-s', 'dead']]])(
    'refuses %j as misused',
    async (argv) => {
      const result = await run(argv, { environment: {} });
      expect(result).toMatchObject({ status: 2, stdout: '' });
      expect(result.stderr).toMatch(/^error: /);
    },
  );

  it('says how to log in when nobody is, and when the token is refused', async () => {
    const nobody = await run(['jobs'], { environment: {} });
    expect(nobody.status).toBe(3);
    service = await startFakeService({});
    const refused = await run(['jobs'], { environment: { WMS_URL: service.url, WMS_TOKEN: 'old' } });
    expect(refused.status).toBe(3);
    for (const { stderr } of [nobody, refused]) expect(stderr).toContain('wms login');
  });

  it('ends with 4 when the service does not answer', async () => {
    service = await startFakeService({});
    const { url } = service;
    await service.close();
    const result = await run(['jobs'], { url });
    expect(result).toMatchObject({ status: 4, stdout: '' });
    expect(result.stderr).toContain(url);
  });

  it('shows a stack only with WMS_DEBUG, and quotes the request of a broken service', async () => {
    service = await startFakeService({ listJobs: () => ({ jobs: 'broken' }) as never });
    const environment = { WMS_URL: service.url, WMS_TOKEN: 'secret-token' };
    const plain = await run(['jobs'], { environment });
    expect(plain.status).toBe(1);
    expect(plain.stderr).toContain('request r-1');
    expect(plain.stderr).not.toMatch(/\n {4}at /);
    const debugged = await run(['jobs'], { environment: { ...environment, WMS_DEBUG: '1' } });
    expect(debugged.stderr).toMatch(/\n {4}at /);
    expect(debugged.stderr).not.toContain('secret-token');
  });
});
