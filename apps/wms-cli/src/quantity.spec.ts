import { CommanderError } from 'commander';
import { expect, it } from 'vitest';
import { collectJobIds } from './job-ids.ts';
import { parseMemory, parseProcessors, parseSeconds, parseWhole } from './quantity.ts';
import { idList } from './select-jobs.ts';

it('reads memory in MiB or with a unit', () => {
  expect(['2000', '2000M', '4G', '4GiB', '1t'].map(parseMemory)).toEqual([2000, 2000, 4096, 4096, 1_048_576]);
});

it('reads times in seconds or with a unit', () => {
  expect(['90', '90s', '15m', '2h', '1d'].map(parseSeconds)).toEqual([90, 90, 900, 7200, 86_400]);
});

it('reads cores as a number or a range', () => {
  expect(['4', '2-8', '2-'].map(parseProcessors)).toEqual([4, { min: 2, max: 8 }, { min: 2 }]);
});

it('reads job ids one by one, with commas and as ranges, each once', () => {
  expect(['7,9', '7-10'].reduce<number[]>((ids, text) => collectJobIds(text, ids), [])).toEqual([7, 9, 8, 10]);
});

it.each([
  () => parseMemory('lots'),
  () => parseSeconds('1 week'),
  () => parseProcessors('-3'),
  () => parseWhole('1.5'),
  () => collectJobIds('0', []),
  () => collectJobIds('9-7', []),
  () => collectJobIds('1-20000', []),
])('refuses what makes no sense: %s', (parse) => {
  expect(parse).toThrow(CommanderError);
});

it('shows long lists of jobs as ranges', () => {
  expect([idList([7]), idList([12, 7, 8, 9])]).toEqual(['job 7', '4 jobs: 7–9, 12']);
});
