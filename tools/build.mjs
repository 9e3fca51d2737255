// Bundles the apps: services and the CLI as ESM beside their npm packages, the two worker programs as one file each.
// usage: node tools/build.mjs [app…]
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, formatMessages } from 'esbuild';
import { npmPackagesOutside } from './npm-packages-outside.mjs';

const root = join(import.meta.dirname, '..');
const tsconfig = join(root, 'tsconfig.json');

const SERVICES = ['wms-api', 'cloud-director', 'wms-cli'];
const WORKERS = { pilot: 'pilot.cjs', 'vm-monitor-agent': 'agent.cjs' };

/** Beside node_modules: packages stay outside, the workspace's own libs come in. */
function serviceBundle(app) {
  return {
    outfile: `apps/${app}/dist/main.js`,
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    plugins: [npmPackagesOutside(join(root, 'apps', app))],
    // A CommonJS package that had to come in still calls require().
    banner: {
      js: "import { createRequire as wmsCreateRequire } from 'node:module';\nconst require = wmsCreateRequire(import.meta.url);",
    },
  };
}

/** Alone on a VM with Node 18 or newer. The same sources give the same bytes: the digest is the version. */
function workerBundle(app) {
  return {
    outfile: `apps/${app}/dist/${WORKERS[app]}`,
    format: 'cjs',
    target: 'node18',
    minify: true,
    legalComments: 'none',
    sourcemap: 'external',
    define: {
      // ws looks for optional native parts unless told not to.
      'process.env.WS_NO_BUFFER_UTIL': '"1"',
      'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
      'import.meta.url': 'wmsImportMetaUrl',
    },
    banner: {
      js: [
        "const wmsImportMetaUrl=require('node:url').pathToFileURL(__filename).href;",
        // Node 18 has no global Web Crypto.
        "if(!globalThis.crypto)globalThis.crypto=require('node:crypto').webcrypto;",
      ].join(''),
    },
  };
}

async function bundle(app) {
  const main = `apps/${app}/src/main.ts`;
  if (!existsSync(join(root, main))) {
    console.error(`build: ${app} skipped, it has no src/main.ts yet`);
    return;
  }
  const { outputFiles, warnings } = await build({
    absWorkingDir: root,
    entryPoints: [main],
    bundle: true,
    write: false,
    platform: 'node',
    tsconfig,
    logLevel: 'silent',
    ...(app in WORKERS ? workerBundle(app) : serviceBundle(app)),
  });
  await print('warning', warnings);
  // The map first: the bundle must never point at an older one.
  for (const file of [...outputFiles].sort((a, b) => b.path.length - a.path.length))
    replaceFile(file.path, file.contents);
}

/** A flaw in a lib shows up in every app that uses it; once is enough. */
async function print(kind, messages) {
  const texts = await formatMessages(messages, { kind, color: process.stderr.isTTY === true });
  for (const text of new Set(texts)) console.error(text);
}

/** Whoever reads meanwhile sees the old or the new file, never half of one. */
function replaceFile(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

/** The folder that the API serves to VMs: the worker programs, and `{version, files: {name: {bytes, sha256}}}`. */
function publishWorkers() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const files = {};
  for (const [app, name] of Object.entries(WORKERS)) {
    const built = join(root, 'apps', app, 'dist', name);
    if (!existsSync(built)) continue;
    const contents = readFileSync(built);
    files[name] = { bytes: contents.length, sha256: createHash('sha256').update(contents).digest('hex') };
    replaceFile(join(root, 'dist/worker', name), contents);
  }
  replaceFile(join(root, 'dist/worker/manifest.json'), `${JSON.stringify({ version, files }, null, 2)}\n`);
}

const known = [...SERVICES, ...Object.keys(WORKERS)];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((app) => !known.includes(app));
if (unknown.length > 0) {
  console.error(`build: no app called ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}
const results = await Promise.allSettled((wanted.length > 0 ? wanted : known).map(bundle));
await print(
  'error',
  results.flatMap(({ reason }) => reason?.errors ?? []),
);
for (const { reason } of results) if (reason !== undefined && reason.errors === undefined) console.error(reason);
if (results.some(({ status }) => status === 'rejected')) process.exit(1);
publishWorkers();
