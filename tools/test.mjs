// Runs the tiers of tests in order, each within its time budget, and sums what the tools themselves counted.
// usage: ./wms test [--peers] [--only tier,…] [vitest arguments]
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPeers, readLines } from './install-peers.mjs';
import { runWithinBudget, wasInterrupted } from './run-within-budget.mjs';

const root = join(import.meta.dirname, '..');

// Budgets are some five times what a two-core machine needs; a run beyond that hangs. `specs`: a tier that may be empty.
const TIERS = [
  { name: 'typecheck', budgetSeconds: 120, program: ['typescript/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'lint', budgetSeconds: 60, program: ['@biomejs/biome/bin/biome', 'check', '.'] },
  { name: 'unit', budgetSeconds: 300 },
  { name: 'architecture', budgetSeconds: 60 },
  { name: 'scenarios', budgetSeconds: 1200, specs: 'test/scenarios' },
  { name: 'peers', budgetSeconds: 1800, specs: 'test/peers' },
];

const { peers, only, vitestArgs } = parse(process.argv.slice(2));
const scratch = mkdtempSync(join(tmpdir(), 'wms-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

function parse(args) {
  if (args.includes('--help') || args.includes('-h')) usage(0);
  const at = args.findIndex((arg) => arg === '--only' || arg.startsWith('--only='));
  const joined = at >= 0 && args[at].includes('=');
  const named = at >= 0 ? (joined ? args[at].slice('--only='.length) : (args[at + 1] ?? '')).split(',') : undefined;
  if (named?.some((name) => !TIERS.some((tier) => tier.name === name))) usage(2);
  const rest = args.filter((arg, i) => arg !== '--peers' && (at < 0 || (i !== at && (joined || i !== at + 1))));
  return { peers: args.includes('--peers'), only: named, vitestArgs: rest };
}

function usage(code) {
  console.error('usage: ./wms test [--peers] [--only tier,…] [vitest arguments]');
  console.error(
    `tiers: ${TIERS.map(({ name }) => name).join(', ')}; peers only with --peers (root installs what it needs)`,
  );
  console.error('with vitest arguments (files, -t title) only the tiers that vitest runs are run');
  process.exit(code);
}

function isChosen({ name, program }) {
  if (name === 'peers' && !peers) return false;
  if (only !== undefined) return only.includes(name);
  return program === undefined || vitestArgs.length === 0;
}

function hasSpecs(folder) {
  const path = join(root, folder);
  return existsSync(path) && readdirSync(path, { recursive: true }).some((name) => name.endsWith('.spec.ts'));
}

/** One tier's `{passed, failed, skipped, skips}`. */
async function runTier(tier) {
  console.log(`\n── ${tier.name} (at most ${tier.budgetSeconds} s)`);
  if (tier.specs !== undefined && !hasSpecs(tier.specs)) {
    console.log(`${tier.name}: no spec file in ${tier.specs} yet`);
    return { passed: 0, failed: 0, skipped: 0, skips: [] };
  }
  if (tier.name === 'peers' && !(await installPeers(root))) {
    console.log('peers: FAILED, the packages could not be installed');
    return { passed: 0, failed: 1, skipped: 0, skips: [] };
  }
  const report = join(scratch, `${tier.name}.json`);
  const skipsFile = join(scratch, `${tier.name}-skips.json`);
  const [program, ...args] = tier.program ?? vitestProgram(tier.name, report);
  const outcome = await runWithinBudget(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    env: { ...process.env, WMS_SKIPS_FILE: skipsFile },
    budgetSeconds: tier.budgetSeconds,
  });
  const counts = judge(
    outcome,
    tier.program ? { passed: outcome.code === 0 ? 1 : 0, failed: 0, skipped: 0 } : countsOf(report),
  );
  if (outcome.timedOut) console.log(`${tier.name}: killed, it took longer than ${tier.budgetSeconds} s`);
  console.log(`${tier.name}: ${counts.failed > 0 ? 'FAILED' : 'ok'} after ${outcome.seconds.toFixed(1)} s`);
  return { ...counts, skips: readJson(skipsFile) ?? [] };
}

/** A file that doesn't load, a hook that throws or a crash fails no single test, and yet the tier has failed. */
function judge(outcome, counts) {
  if (outcome.code !== 0) return { ...counts, failed: Math.max(1, counts.failed) };
  const isEmpty = vitestArgs.length === 0 && counts.passed + counts.failed + counts.skipped === 0;
  if (isEmpty) console.log('no test has run at all');
  return isEmpty ? { ...counts, failed: 1 } : counts;
}

function vitestProgram(project, report) {
  return [
    ...['vitest/vitest.mjs', 'run', '--project', project, ...vitestArgs],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    `--reporter=${join(root, 'tools/skip-reporter.mjs')}`,
    ...(vitestArgs.length > 0 ? ['--passWithNoTests'] : []),
  ];
}

function countsOf(report) {
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = readJson(report) ?? {};
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Names every skipped test; returns how many of them CI doesn't accept. */
function reportSkips(skips) {
  if (skips.length === 0 || vitestArgs.length > 0) return 0;
  const allowed = readLines(join(root, 'test/peers/allowed-skips.txt'));
  const isStrict = peers && /^(1|true)$/.test(process.env.CI ?? '');
  const refused = isStrict ? skips.filter(({ reason }) => !allowed.some((text) => reason.includes(text))) : [];
  console.log(`\n!! SKIPPED, so not tested (${skips.length}):`);
  for (const skip of skips) {
    const verdict = refused.includes(skip) ? '  ← fails: not in test/peers/allowed-skips.txt' : '';
    console.log(`!!   ${skip.file} › ${skip.name}: ${skip.reason || 'NO REASON GIVEN'}${verdict}`);
  }
  return refused.length;
}

const results = [];
for (const tier of TIERS.filter(isChosen)) if (!wasInterrupted()) results.push(await runTier(tier));
const sum = (field) => results.reduce((total, result) => total + result[field], 0);
const refused = reportSkips(results.flatMap(({ skips }) => skips));
const total = { passed: sum('passed'), failed: sum('failed') + refused, skipped: sum('skipped') - refused };
if (wasInterrupted()) console.log('\ninterrupted: not all tiers have run');
if (total.failed > 0 || wasInterrupted()) process.exitCode = 1;
// Whoever sums several runs (.ci/run) prints the one line himself, and judges a sum of nothing.
if (process.env.WMS_TEST_SUMMARY) {
  appendFileSync(process.env.WMS_TEST_SUMMARY, `${JSON.stringify(total)}\n`);
} else {
  if (total.passed === 0) process.exitCode = 1;
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}
