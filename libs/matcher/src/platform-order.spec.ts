import { expect, it } from 'vitest';
import { platformMet } from './platform-order.ts';

it.each([
  ['x86_64_v2-any', 'x86_64_v3-any', true],
  ['x86_64_v4-any', 'x86_64_v3-any', false],
  ['x86_64-el9', 'x86_64_v2-el9', true],
  ['x86_64_v2-any', 'x86_64_v3-el9', true],
  ['x86_64_v2-el9', 'x86_64_v3-any', false],
  ['x86_64_v2-centos7', 'x86_64_v2-el9', false],
  ['armv8.1_a-any', 'armv8.2_a-el9', true],
  ['armv8.1_a-any', 'x86_64_v4-any', false],
  ['linux/amd64', 'linux/amd64/v3', true],
  ['linux/amd64/v3', 'linux/amd64', false],
  ['linux/arm64', 'linux/arm64', true],
  ['haswell-any', 'skylake-any', false],
])('a job for %s on a node of %s: %s', (wanted, offered, met) => {
  expect(platformMet([wanted], [offered])).toBe(met);
});

it('takes any of what is wanted on any of what is offered, and everything where nothing is wanted', () => {
  expect(platformMet(['a', 'x86_64_v2-any'], ['b', 'x86_64_v4-el9'])).toBe(true);
  expect(platformMet([], [])).toBe(true);
  expect(platformMet(['a'], [])).toBe(false);
});
