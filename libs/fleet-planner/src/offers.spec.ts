import { describe, expect, it } from 'vitest';
import { comingOffer, emptyOffer, runningOffer } from './offers.ts';
import { ago, anEndpoint, aProfile, aVm, booting, NOON, node } from './seen.fixture.ts';

const { endpoint } = anEndpoint();
const profile = aProfile({ tags: ['SKA'], groups: ['prod'] });

describe('offers', () => {
  it('foretells an empty node with all its capacity and its life less the boot', () => {
    expect(emptyOffer(profile, endpoint)).toMatchObject({
      ...{ vo: 'astro', site: 'CLOUD.local.org', endpoint: 'local', profile: 'small', tags: ['SKA'], groups: ['prod'] },
      ...{ total: node(8), free: node(8), empty: true, timeLeftS: 85_800 },
    });
  });

  it('foretells no more time than a VM has at its activation, however long it booted', () => {
    const fresh = aVm(1, { openAttempts: 0, free: node(8), orderedAt: ago(600), activatedAt: ago(0) });
    const foretold = emptyOffer(profile, endpoint).timeLeftS;
    expect(runningOffer(fresh, profile, endpoint, NOON).timeLeftS).toBeGreaterThanOrEqual(foretold);
  });

  it('offers what was really ordered while a VM boots, and what is free while it runs', () => {
    const odd = aVm(1, { ...booting, capacity: node(6) });
    expect(comingOffer(odd, profile, endpoint)).toMatchObject({ total: node(6), free: node(6), empty: true });
    const busy = aVm(1, { free: node(3) });
    expect(runningOffer(busy, profile, endpoint, NOON)).toMatchObject({
      ...{ total: node(8), free: node(3), empty: false, timeLeftS: 82_800 },
    });
  });

  it('never offers negative time', () => {
    expect(runningOffer(aVm(1, { activatedAt: ago(999_999) }), profile, endpoint, NOON).timeLeftS).toBe(0);
  });
});
