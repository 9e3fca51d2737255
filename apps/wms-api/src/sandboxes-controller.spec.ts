import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRunningVm, keyOf, startedJob } from './hand-driven-vm.fixture.ts';
import { aRunningApi, MAX_SANDBOX_BYTES, type RunningApi, refusalOf, submitOne } from './running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

function put(bytes: Uint8Array, digest = digestOf(bytes), by: 'ben' | 'bea' | 'art' = 'ben') {
  return running.as(by).call(routes.putSandbox, { params: { digest }, body: bytes });
}

/** Sends the chunks without a Content-Length. */
function putChunked(digest: string, chunks: number, chunk: Buffer): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${running.tokenOf('ben')}`,
      'content-type': 'application/octet-stream',
      'transfer-encoding': 'chunked',
    };
    const sent = request(`${running.url}/api/v1/sandboxes/${digest}`, { method: 'PUT', headers }, (response) => {
      let text = '';
      response.on('data', (part) => (text += part));
      response.on('end', () => {
        resolve({ status: response.statusCode!, text });
        sent.destroy();
      });
    });
    sent.on('error', reject);
    let left = chunks;
    const more = () => {
      while (left > 0) {
        left -= 1;
        if (!sent.write(chunk)) {
          sent.once('drain', more);
          return;
        }
      }
      sent.end();
    };
    more();
  });
}

describe('a sandbox', () => {
  it('comes back as it was sent, and lets a job name it', async () => {
    const bytes = randomBytes(50_000);
    const digest = digestOf(bytes);
    expect(await put(bytes)).toEqual({ digest, size: 50_000 });
    expect(await put(bytes)).toEqual({ digest, size: 50_000 });
    const back = await running.as('ben').bytes(routes.getSandbox, { params: { digest } });
    expect(Buffer.from(back).equals(bytes)).toBe(true);
    const body = { executable: '/bin/true', inputSandbox: digest };
    expect((await running.as('ben').call(routes.submitJob, { body })).ids).toHaveLength(1);
  });

  it('is not there for others, who must not even learn that it exists', async () => {
    const bytes = randomBytes(100);
    const digest = digestOf(bytes);
    await put(bytes);
    for (const name of ['bea', 'art'] as const) {
      const problem = await refusalOf(running.as(name).bytes(routes.getSandbox, { params: { digest } }));
      expect(problem).toMatchObject({ status: 404, code: 'not-found' });
      const body = { executable: '/bin/true', inputSandbox: digest };
      expect(await refusalOf(running.as(name).call(routes.submitJob, { body }))).toMatchObject({ status: 400 });
    }
  });

  it('is refused by its announced length before its bytes are read', async () => {
    const problem = await refusalOf(put(randomBytes(MAX_SANDBOX_BYTES + 1)));
    expect(problem).toMatchObject({ status: 413, code: 'too-large', detail: expect.stringMatching(/at most 262144/) });
  });

  it('gets its answer even when far too much is on its way', async () => {
    const problem = await refusalOf(put(randomBytes(40 * MAX_SANDBOX_BYTES)));
    expect(problem).toMatchObject({ status: 413, code: 'too-large' });
  });

  it('is refused while it streams, when no length was announced', async () => {
    const chunk = randomBytes(65_536);
    const { status, text } = await putChunked(`sha256:${'1'.repeat(64)}`, 200, chunk);
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ code: 'too-large' });
    expect(await refusalOf(put(Buffer.from('x'), `sha256:${'1'.repeat(64)}`))).toMatchObject({ status: 422 });
  });

  it('is taken in chunks without a length', async () => {
    const chunk = randomBytes(1000);
    const digest = digestOf(Buffer.concat([chunk, chunk, chunk]));
    const { status, text } = await putChunked(digest, 3, chunk);
    expect([status, JSON.parse(text)]).toEqual([201, { digest, size: 3000 }]);
  });

  it('is refused under a digest that is not its own, and keeps nothing', async () => {
    const bytes = randomBytes(100);
    const problem = await refusalOf(put(bytes, digestOf(Buffer.from('other'))));
    expect(problem).toMatchObject({ status: 422, code: 'digest-mismatch' });
    expect(problem.detail).toContain(digestOf(bytes));
    const digest = digestOf(Buffer.from('other'));
    expect(await refusalOf(running.as('ben').bytes(routes.getSandbox, { params: { digest } }))).toMatchObject({
      status: 404,
    });
  });

  it('needs a digest that reads like one', async () => {
    expect(await refusalOf(put(Buffer.from('x'), 'md5:1'))).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it('is refused for a VO that is not the caller’s', async () => {
    const bytes = Buffer.from('for astro');
    const params = { digest: digestOf(bytes) };
    const putting = running.as('ben').call(routes.putSandbox, { params, query: { vo: 'astro' }, body: bytes });
    expect(await refusalOf(putting)).toMatchObject({ status: 403, code: 'wrong-vo' });
  });
});

describe('the output of a job', () => {
  it('is what its attempt has uploaded, for those who may see the job', async () => {
    const vm = await aRunningVm(running);
    const jobId = await submitOne(running.as('ben'));
    const before = running.as('ben').bytes(routes.jobOutput, { params: { id: String(jobId) } });
    expect(await refusalOf(before)).toMatchObject({ status: 404, detail: expect.stringContaining('no output') });
    const job = await startedJob(vm);
    const bytes = randomBytes(2000);
    const digest = digestOf(bytes);
    const stored = await vm.client.call(routes.putOutput, { params: { ...keyOf(job), digest }, body: bytes });
    expect(stored).toEqual({ digest, size: 2000 });
    await vm.end(job, { outputSandbox: digest });
    const got = await running.as('bea').bytes(routes.jobOutput, { params: { id: String(job.jobId) } });
    expect(Buffer.from(got).equals(bytes)).toBe(true);
    const foreign = running.as('art').bytes(routes.jobOutput, { params: { id: String(job.jobId) } });
    expect(await refusalOf(foreign)).toMatchObject({ status: 404 });
  });
});
