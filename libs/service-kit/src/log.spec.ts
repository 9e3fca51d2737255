import { Secret } from '@pilotfish/model';
import { expect, test } from 'vitest';
import { linesForPeople } from './lines-for-people.ts';
import { makeLog } from './log.ts';

function recording() {
  const lines: string[] = [];
  const log = makeLog('test', 'debug', { write: (line) => void lines.push(line) });
  return { log, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

test('writes one JSON object a line with level, time, name and fields', () => {
  const { log, last } = recording();
  log.warn({ vm: 'vm-1', at: new Date(0) }, 'it is late');
  expect(last()).toMatchObject({
    level: 'warn',
    name: 'test',
    vm: 'vm-1',
    at: '1970-01-01T00:00:00.000Z',
    msg: 'it is late',
  });
});

test('lets no secret through, however deep, in errors, texts and bindings', () => {
  const { log, text } = recording();
  const error = Object.assign(new Error('GET postgresql://user:hunter2@db/x failed'), {
    headers: { Authorization: 'Bearer hunter2' },
    cause: Object.assign(new Error('inner'), { token: 'hunter2' }),
  });
  log.error(error);
  log.error({ err: error, why: error }, 'said Authorization: Bearer hunter2');
  log.child({ activationKey: 'hunter2' }).info({ a: [{ b: { assertion: 'hunter2', key: 'hunter2' } }] }, 'x');
  log.info({ url: 'redis://:hunter2@host:1', kept: new Secret('hunter2'), body: Buffer.from('hunter2') });
  log.info('with %s', 'Bearer hunter2');
  log.info({ text: '-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----' });
  expect(text()).not.toContain('hunter2');
  expect(text()).not.toContain(Buffer.from('hunter2').toString('base64'));
  expect(text()).toContain('inner');
});

test('keeps what only sounds like a secret', () => {
  const { log, last } = recording();
  log.info({ tokens: 3, keyCount: 2, passwordless: true, queue: 'q' }, 'counts');
  expect(last()).toMatchObject({ tokens: 3, keyCount: 2, passwordless: true, queue: 'q' });
});

test('tells a person the same in one line', () => {
  const lines: string[] = [];
  const log = makeLog('api', 'info', linesForPeople({ write: (text) => lines.push(text) }));
  log.info({ port: 1 }, 'ready');
  log.error(new Error('boom'));
  expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} api ready port=1\n.* api ERROR boom\nError: boom\n {4}at /);
});
