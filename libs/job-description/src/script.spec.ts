import { WmsError } from '@pilotfish/model';
import { expect, it } from 'vitest';
import { parseScript } from './script.ts';

it('takes the description from the #JDL lines and the script as executable', () => {
  const text = [
    '#!/bin/bash',
    '#JDL JobName = my analysis',
    '#JDL OutputSandbox = {"std.out", "result.txt"};',
    '#JDL Site = A,B',
    '#JDL InputSandbox = data.txt # note',
    '#JDL Arguments = --n=%s x',
    '#JDL Parameters = 2',
    'echo "#JDL Executable = no"',
  ].join('\n');
  expect(parseScript(text)).toEqual({
    description: {
      executable: 'script.sh',
      name: 'my analysis',
      outputSandbox: ['std.out', 'result.txt'],
      requirements: { sites: ['A', 'B'] },
      arguments: ['--n=%s', 'x'],
      sweep: { parameters: { s: [1, 1] } },
    },
    inputFiles: ['data.txt'],
    scriptFile: { name: 'script.sh', content: text },
  });
});

it('names the lines of flaws, an executable of its own and a missing interpreter', () => {
  const flaws = (text: string) => {
    try {
      parseScript(text);
    } catch (error) {
      return (error as WmsError).flaws.map(({ pointer }) => pointer);
    }
    return [];
  };
  expect(flaws('#!/bin/sh\n#JDL Executable = x\n\n#JDL Sitee = "A"\n#JDL Tags = {a')).toEqual([
    'line 2, Executable',
    'line 4, Sitee',
    'line 5, Tags',
  ]);
  expect(flaws('echo hi')).toEqual(['line 1']);
});
