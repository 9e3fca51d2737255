import { WmsError } from '@pilotfish/model';
import { describe, expect, it } from 'vitest';
import { checkDescription } from './check.ts';
import { jobDescriptionJsonSchema } from './json-schema.ts';
import { requirementsKey, toPayload, toRequirements } from './requirements.ts';

describe('toRequirements', () => {
  it('gives equal needs equal keys', () => {
    const one = checkDescription({
      executable: 'a',
      resources: { processors: 2, cpuTimeS: 4000 },
      requirements: { sites: ['B', 'A', 'B'], tags: ['y', 'x'] },
    });
    const other = checkDescription({
      executable: 'b',
      resources: { processors: { min: 2, max: 2 }, cpuTimeS: 20_000 },
      requirements: { tags: ['x', 'y', 'x'], sites: ['A', 'B'] },
    });
    expect(toRequirements(one)).toMatchObject({ processors: { min: 2, max: 2 }, cpuTimeS: 21_600, sites: ['A', 'B'] });
    expect(requirementsKey(toRequirements(one))).toBe(requirementsKey(toRequirements(other)));
    const { jobType, ...rest } = toRequirements(one);
    expect(requirementsKey({ jobType, ...rest })).toBe(requirementsKey({ ...rest, jobType }));
  });
});

it('takes only what the pilot needs into the payload', () => {
  const payload = toPayload(checkDescription({ executable: 'a', name: 'n', priority: 3 }));
  expect(payload).toEqual({
    executable: 'a',
    arguments: [],
    environment: {},
    stdout: 'std.out',
    stderr: 'std.err',
    inputSandbox: null,
    outputSandbox: [],
    inputData: [],
    outputData: [],
  });
});

it('checks a description with RFC 6901 pointers', () => {
  try {
    checkDescription({ executable: 'a', labels: { 'a/b~': 5 }, sweep: { parameters: { y: [] } } });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(WmsError);
    expect((error as WmsError).flaws).toEqual([
      { pointer: '/labels/a~1b~0', detail: 'must be text: write "5" in quotes' },
      { pointer: '/sweep/parameters/y', detail: 'must not be empty: give a value or remove it' },
    ]);
  }
});

it('publishes a schema of what clients send', () => {
  expect(jobDescriptionJsonSchema()).toMatchObject({
    $id: 'https://pilotfish.example/schemas/job-v1.json',
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['executable'],
    additionalProperties: false,
  });
});
