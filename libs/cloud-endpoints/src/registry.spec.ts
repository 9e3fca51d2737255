import { describe, expect, it } from 'vitest';
import { anEndpoint } from './local/open.fixture.ts';
import { CLOUD_KINDS, openCloud, settingsFlaws } from './registry.ts';

const host = { dataDir: '/nonexistent', log: { info: () => undefined, warn: () => undefined } };

describe('the registry of clouds', () => {
  it('says which drivers there are when asked for another', () => {
    const open = () => openCloud({ ...anEndpoint(), kind: 'nimbus' }, host);
    expect(open).toThrow(/no cloud driver “nimbus”; use one of: local/);
    expect(() => openCloud({ ...anEndpoint(), kind: 'constructor' }, host)).toThrow(/no cloud driver/);
    expect(CLOUD_KINDS).toContain('local');
  });

  it('names every wrong setting by its place', () => {
    const settings = { bootDelayS: -1, rot: '/srv' };
    expect(settingsFlaws('local', settings).map(({ pointer }) => pointer)).toEqual([
      '/settings/bootDelayS',
      '/settings',
    ]);
    expect(() => openCloud(anEndpoint(settings), host)).toThrow(/endpoint here are wrong: \/settings\/bootDelayS/);
    expect(settingsFlaws('local', {})).toEqual([]);
  });
});
