import { expect, it } from 'vitest';
import { hotFunctions } from './hot-functions.ts';

const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });

it('time is told per function and per call, of the stretch alone and without the idle part', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 4] },
      { id: 2, callFrame: frame('ask', 'file:///x/apps/api/dist/main.js', 9), children: [3] },
      { id: 3, callFrame: frame('query', 'file:///x/node_modules/pg/lib/client.js', 4) },
      { id: 4, callFrame: frame('(idle)') },
    ],
    startTime: 1_000_000,
    samples: [2, 3, 4, 3, 2],
    timeDeltas: [1000, 1000, 2000, 1000, 1000],
  };
  expect(hotFunctions(profile, { from: 1001.5, to: 1005 })).toEqual({
    busy_share: 0.5,
    self: ['100.0 % query pg/lib/client.js:5'],
    inclusive: ['100.0 % query pg/lib/client.js:5', '100.0 % ask dist/main.js:10'],
  });
});
