// Installs the Debian packages of test/peers/packages.txt that are missing: as root only, else it names them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { runWithinBudget } from './run-within-budget.mjs';

// RUNLEVEL=1 keeps an installed server from starting by itself.
const QUIET = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
const BUDGET_SECONDS = 600;

/** False when an installation was tried and failed; tests whose peer is missing skip with that reason. */
export async function installPeers(root) {
  const missing = readLines(`${root}/test/peers/packages.txt`).filter((name) => !isInstalled(name));
  if (missing.length === 0) return true;
  if (process.getuid?.() !== 0 || !runs('apt-get', ['--version'])) {
    console.log(`peers: ${missing.join(', ')} missing; only root on Debian gets them installed, so their tests skip`);
    return true;
  }
  console.log(`peers: installing ${missing.join(', ')}`);
  return (await apt(['-qq', 'update'])) && (await apt(['-qq', '-y', 'install', '--no-install-recommends', ...missing]));
}

/** The lines of a text file that hold something and are no comment. */
export function readLines(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

function isInstalled(name) {
  const { status, stdout } = spawnSync('dpkg', ['-s', name], { encoding: 'utf8' });
  return status === 0 && stdout.includes('\nStatus: install ok installed\n');
}

function runs(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

async function apt(args) {
  const env = { ...process.env, ...QUIET };
  const { code } = await runWithinBudget('apt-get', args, { cwd: '/', env, budgetSeconds: BUDGET_SECONDS });
  return code === 0;
}
