import { WmsError } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDescription } from './check.ts';
import { expandSweep, MAX_SWEEP_MEMBERS, substituteJobId } from './sweep.ts';

const sweeping = (parameters: Record<string, (string | number)[]>, fields: object = {}) =>
  checkDescription({ executable: 'run.sh', name: 'scan', sweep: { parameters }, ...fields });

describe('expandSweep', () => {
  it('leaves a job without a sweep alone', () => {
    const description = checkDescription({ executable: 'date', arguments: ['+%s'] });
    expect(expandSweep(description)).toEqual([description]);
  });

  it('fills in every string, but leaves %j and the VO', () => {
    const fields = {
      vo: 'v%s',
      name: 'n-%(a)s',
      arguments: ['%(a)s', '%(b)s', '%n', '%j'],
      environment: { X: '%(b)s' },
      stdout: 'out_%n',
      labels: { l: '%(a)s' },
      requirements: { sites: ['S%(b)s'] },
    };
    const [first, second, ...others] = expandSweep(sweeping({ a: [1, 2], b: ['x', '%n'] }, fields));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ name: 'n-1', vo: 'v%s', arguments: ['1', 'x', '0', '%j'], labels: { l: '1' } });
    expect(second).toMatchObject({
      name: 'n-2',
      arguments: ['2', '%n', '1', '%j'],
      environment: { X: '%n' },
      stdout: 'out_1',
      requirements: { sites: ['S%n'] },
    });
    expect(second?.sweep).toBeUndefined();
  });

  it('reads %s as the sequence s, else as the only one', () => {
    const first = (parameters: Record<string, string[]>) =>
      expandSweep(sweeping(parameters, { arguments: ['%s'] }))[0]?.arguments;
    expect(first({ x: ['a'] })).toEqual(['a']);
    expect(first({ x: ['a'], s: ['b'] })).toEqual(['b']);
    expect(first({ x: ['a'], y: ['b'] })).toEqual(['%s']);
  });

  it('refuses values that break a rule, typing errors and too many members', () => {
    const flaws = (parameters: Record<string, (string | number)[]>, fields: object) => {
      try {
        expandSweep({ ...sweeping({ x: [1] }, fields), sweep: { parameters } });
      } catch (error) {
        return (error as WmsError).flaws;
      }
      return [];
    };
    expect(flaws({ x: ['a', '../b'] }, { stdout: '%s/out' })).toEqual(
      [{ pointer: '/stdout', detail: 'must be a path inside the job folder (in member 1 of the sweep)' }].map(
        (flaw) => ({ ...flaw }),
      ),
    );
    expect(flaws({ value: ['a'] }, { arguments: ['%(valeu)s', '%(levelname)s'] })).toEqual([
      { pointer: '/arguments/0', detail: '%(valeu)s: did you mean %(value)s?' },
    ]);
    expect(flaws({ x: Array(MAX_SWEEP_MEMBERS + 1).fill(1) }, {})[0]?.detail).toContain('split');
  });

  it('makes one member per value, each with its own name and value', () => {
    const text = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 30 }), (values) => {
        const members = expandSweep(sweeping({ x: values }, { arguments: ['<%s>', '%n'] }));
        expect(members.map((member) => member.arguments[0])).toEqual(values.map((value) => `<${value}>`));
        expect(new Set(members.map((member) => member.name)).size).toBe(values.length);
        expect(members.map((member) => Number(member.arguments[1]))).toEqual(values.map((_, index) => index));
        expect(new Set(members.map((member) => member.arguments[1]?.length)).size).toBe(1);
      }),
    );
  });

  it('puts the job id in place of %j', () => {
    const description = checkDescription({ executable: 'a', arguments: ['%j'], outputData: ['LFN:/x/%j/%j'] });
    expect(substituteJobId(description, 42)).toMatchObject({ arguments: ['42'], outputData: ['LFN:/x/42/42'] });
  });
});
