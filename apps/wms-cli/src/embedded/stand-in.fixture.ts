// Small programs in place of the API and the director, which do what a test tells them over HTTP or in a file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// `mode` (a file in the data folder, by program name) decides how it starts.
const STAND_IN = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
const { WMS_DATA_DIR: data, WMS_PORT, WMS_HOST, WMS_BOOTSTRAP_OPERATOR } = process.env;
const name = process.argv[1].includes('director') ? 'director' : 'api';
const note = (what) => appendFileSync(join(data, 'events'), name + ' ' + what + '\\n');
const modeFile = join(data, name + '.mode');
const mode = existsSync(modeFile) ? readFileSync(modeFile, 'utf8') : '';
console.log(name + ' begins');
if (mode === 'broken') { console.error('no such table: people'); process.exit(3); }
const leave = (why) => { note(why); setTimeout(() => process.exit(0), 50); };
process.once('SIGTERM', () => leave('stopped'));
process.once('disconnect', () => mode === 'deaf' ? note('deaf') : leave('abandoned'));
if (WMS_BOOTSTRAP_OPERATOR) writeFileSync(join(data, 'operator-token'), 'operator-token-1', { mode: 0o600 });
if (name === 'api') {
  const server = createServer((request, response) => {
    if (request.url === '/crash') process.exit(9);
    response.end(JSON.stringify(process.env));
  });
  server.listen(Number(WMS_PORT), WMS_HOST, () => process.send({ kind: 'ready', port: WMS_PORT }));
} else {
  setInterval(() => {}, 1000);
  process.send({ kind: 'ready' });
}
`;

/** Writes them as `<top>/apps/<name>/dist/main.js`. */
export function writeStandIns(top: string): { api: string; director: string } {
  writeFileSync(join(top, 'package.json'), '{"type":"module"}');
  const [api, director] = ['wms-api', 'cloud-director'].map((app) => {
    const folder = join(top, 'apps', app, 'dist');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'main.js'), STAND_IN);
    return join(folder, 'main.js');
  });
  return { api: api ?? '', director: director ?? '' };
}
