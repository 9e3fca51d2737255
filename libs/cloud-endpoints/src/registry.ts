// The clouds we can drive: one line each.
import type { Cloud } from '@pilotfish/fleet';
import { type CloudEndpoint, type Flaw, WmsError } from '@pilotfish/model';
import type { ZodError } from 'zod';
import type { CloudHost, Driver } from './driver.ts';
import { local } from './local/endpoint.ts';
import { limited } from './wrappers/limited.ts';
import { timed } from './wrappers/timed.ts';

const DRIVERS: Readonly<Record<string, OpenDriver>> = {
  local: ready(local),
};

export const CLOUD_KINDS: readonly string[] = Object.keys(DRIVERS);

interface OpenDriver {
  readonly flaws: (settings: unknown) => readonly Flaw[];
  readonly open: (endpoint: CloudEndpoint, host: CloudHost) => Cloud;
}

/**
 * The endpoint's cloud, with the limits every caller wants: a time for each call, one call at a time for each VM.
 * @throws WmsError `bad-request` when there is no such driver or its settings are wrong.
 */
export function openCloud(endpoint: CloudEndpoint, host: CloudHost): Cloud {
  return limited(timed(driverOf(endpoint.kind).open(endpoint, host)));
}

/** What is wrong with the settings, without opening anything; empty when all is well. */
export function settingsFlaws(kind: string, settings: unknown): readonly Flaw[] {
  return driverOf(kind).flaws(settings);
}

function driverOf(kind: string): OpenDriver {
  const driver = Object.hasOwn(DRIVERS, kind) ? DRIVERS[kind] : undefined;
  if (driver) return driver;
  const detail = `there is no cloud driver “${kind}”; use one of: ${CLOUD_KINDS.join(', ')}`;
  throw new WmsError('bad-request', `${detail}.`, [{ pointer: '/kind', detail }]);
}

function ready<Settings>(driver: Driver<Settings>): OpenDriver {
  return {
    flaws: (settings) => flawsOf(driver.settings.safeParse(settings).error),
    open: (endpoint, host) => {
      const parsed = driver.settings.safeParse(endpoint.settings);
      if (parsed.success) return driver.open(parsed.data, host, endpoint);
      const flaws = flawsOf(parsed.error);
      const list = flaws.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
      throw new WmsError('bad-request', `The settings of endpoint ${endpoint.name} are wrong: ${list}.`, flaws);
    },
  };
}

function flawsOf(error: ZodError | undefined): readonly Flaw[] {
  return (error?.issues ?? []).map(({ path, message }) => ({
    pointer: ['/settings', ...path].join('/'),
    detail: message,
  }));
}
