import { expect, it } from 'vitest';
import { describedJob } from './described-job.ts';
import { needs } from './needs.ts';

it('translates every option into its field', () => {
  const described = describedJob(
    { executable: 'echo' },
    {
      name: 'n',
      vo: 'biomed',
      processors: { min: 2, max: 4 },
      wholeNode: true,
      memory: 2000,
      cpuTime: 3600,
      wallTime: 60,
      site: ['A'],
      bannedSite: ['B'],
      platform: ['x86_64'],
      tag: ['GPU'],
      jobGroup: 'g',
      priority: 5,
      output: ['*.png'],
      env: ['A=1', 'B=x=y', 'C='],
    },
  );
  expect(described).toEqual({
    executable: 'echo',
    name: 'n',
    vo: 'biomed',
    jobGroup: 'g',
    priority: 5,
    outputSandbox: ['*.png'],
    environment: { A: '1', B: 'x=y', C: '' },
    resources: { processors: { min: 2, max: 4 }, wholeNode: true, memoryMb: 2000, cpuTimeS: 3600, wallTimeS: 60 },
    requirements: { sites: ['A'], bannedSites: ['B'], platforms: ['x86_64'], tags: ['GPU'] },
  });
});

it('leaves a description alone when no option is given', () => {
  const base = { executable: 'echo', resources: { gpus: 1 }, environment: { A: '1' } };
  expect(describedJob(base, {})).toEqual(base);
});

it('replaces single values and places, and adds to environment and output', () => {
  const base = {
    executable: 'echo',
    name: 'old',
    environment: { A: '1', B: '2' },
    outputSandbox: ['a'],
    resources: { gpus: 1, memoryMb: 5 },
    requirements: { sites: ['A'], tags: ['t'] },
  };
  const options = { name: 'new', env: ['B=3'], output: ['a', 'b'], memory: 7, site: ['B'] };
  expect(describedJob(base, options)).toEqual({
    executable: 'echo',
    name: 'new',
    environment: { A: '1', B: '3' },
    outputSandbox: ['a', 'b'],
    resources: { gpus: 1, memoryMb: 7 },
    requirements: { sites: ['B'], tags: ['t'] },
  });
});

it('refuses an environment variable without a value', () => {
  expect(() => describedJob({ executable: 'echo' }, { env: ['A'] })).toThrow(/NAME=VALUE/);
});

it('says in words what a job needs', () => {
  expect(needs({ resources: { processors: { min: 2, max: 4 }, memoryMb: 2000 }, requirements: { sites: ['A'] } })).toBe(
    '2–4 cores, 2000 MiB memory, site A',
  );
  expect(needs({ processors: { min: 1, max: 1 }, wholeNode: true, tags: ['x'] })).toBe('whole node, tags x');
});
