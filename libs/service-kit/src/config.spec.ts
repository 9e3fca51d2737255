import { Secret } from '@pilotfish/model';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig, secretText } from './config.ts';

const schema = z.object({
  DATABASE_URL: secretText,
  WMS_PORT: z.coerce.number().int().max(65_535).default(8440),
  LOG_LEVEL: z.enum(['info', 'debug']).optional(),
});

test('gives typed, frozen values, with secrets wrapped and defaults filled in', () => {
  const config = readConfig(schema, { DATABASE_URL: 'postgresql://a:b@c/d', LOG_LEVEL: '', OTHER: 'x' });
  expect(config.DATABASE_URL).toBeInstanceOf(Secret);
  expect(config).toMatchObject({ WMS_PORT: 8440 });
  expect(config.LOG_LEVEL).toBeUndefined();
  expect(Object.isFrozen(config)).toBe(true);
});

test('names all problems at once and repeats no value', () => {
  const read = () => readConfig(schema, { WMS_PORT: 'hunter2', LOG_LEVEL: 'hunter3' });
  expect(read).toThrow(/DATABASE_URL: is not set[\s\S]*WMS_PORT:[\s\S]*LOG_LEVEL:/);
  expect(read).not.toThrow(/hunter/);
});
