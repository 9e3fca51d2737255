// Exits 0 when node_modules holds what package-lock.json asks for, by npm's own note of what it last installed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

const wanted = packagesIn('package-lock.json');
const present = packagesIn('node_modules/.package-lock.json');

/** Optional packages are mostly for other machines; those made for this one have to be there. */
function isElsewhere({ optional, os, cpu, libc }) {
  const isForHere = os?.includes(process.platform) && cpu?.includes(process.arch) && libc === undefined;
  return optional === true && !isForHere;
}

function isThere([path, asked]) {
  const { version, integrity, resolved, link } = asked;
  if (!path.includes('node_modules/')) return true;
  const found = present[path];
  if (found === undefined) return isElsewhere(asked);
  return link ? found.resolved === resolved : found.version === version && found.integrity === integrity;
}

process.exitCode = wanted && present && Object.entries(wanted).every(isThere) ? 0 : 1;
