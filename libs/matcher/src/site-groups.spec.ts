import { expect, it } from 'vitest';
import { requirements } from './examples.fixture.ts';
import { withSiteGroups } from './site-groups.ts';

it('puts the members in place of a group, once each, among the sites and the banned ones', () => {
  const asked = requirements({ sites: ['A', 'group:tier1'], bannedSites: ['group:bad'] });
  const { sites, bannedSites } = withSiteGroups(asked, { tier1: ['B', 'A', 'C'], bad: ['D'] });
  expect(sites).toEqual(['A', 'B', 'C']);
  expect(bannedSites).toEqual(['D']);
});

it('keeps the name of an unknown group, so that it matches no site instead of every one', () => {
  const asked = requirements({ sites: ['group:toString'] });
  expect(withSiteGroups(asked, {}).sites).toEqual(['group:toString']);
});

it('gives back the same object when no group is named', () => {
  const asked = requirements({ sites: ['A'] });
  expect(withSiteGroups(asked, { A: ['B'] })).toBe(asked);
});
