import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BOOTSTRAP_SCRIPT } from './bootstrap-script.ts';
import { anInput, VM_ID } from './profile.fixture.ts';
import { renderUserData } from './render-user-data.ts';
import { START_SCRIPT } from './start-script.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const PILOT = '// pilot';
/** Fails once, then asks to halt; leaves behind what it saw. */
const AGENT = `
const { appendFileSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const seen = join(process.argv[3], 'log', 'seen');
appendFileSync(seen, process.env.PILOTFISH_VM + '\\n');
process.exit(readFileSync(seen, 'utf8').split('\\n').length > 2 ? 0 : 7);`;

describe.each([
  ['bootstrap.sh', BOOTSTRAP_SCRIPT],
  ['start.sh', START_SCRIPT],
])('%s', (_name, script) => {
  it('is a script any POSIX shell can read', () => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describe('the bootstrap below a root of its own', () => {
  let root: string;
  let server: Server;
  let answers: Record<string, string>;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'pilotfish boot '));
    answers = {};
    server = createServer((request, response) => {
      const body = answers[request.url ?? ''];
      response.statusCode = body === undefined ? 404 : 200;
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    server.close();
    await rm(root, { recursive: true, force: true });
  });

  async function install(): Promise<void> {
    const { port } = server.address() as AddressInfo;
    const files = {
      agent: { name: 'agent-1.cjs', sha256: digest(AGENT) },
      pilot: { name: 'pilot-1.cjs', sha256: digest(PILOT) },
    };
    const config = parse(renderUserData(anInput({ serviceUrl: `http://127.0.0.1:${port}`, files })));
    for (const { path, content, permissions } of config.write_files) {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      await chmod(file, Number.parseInt(permissions, 8));
    }
  }

  function boot(): Promise<{ code: number | null; output: string }> {
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, PILOTFISH_ROOT: root };
    const child = spawn('/bin/sh', [join(root, 'opt/pilotfish/start.sh')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk) => {
      output += chunk;
      if (/digest/.test(output)) child.kill('SIGKILL');
    });
    return new Promise((resolve) => child.once('exit', (code) => resolve({ code, output })));
  }

  it('fetches the programs, starts the agent again when it fails, and ends when the agent asks to halt', async () => {
    answers['/files/agent-1.cjs'] = AGENT;
    setTimeout(() => {
      answers['/files/pilot-1.cjs'] = PILOT;
    }, 300);
    await install();
    const { code, output } = await boot();
    expect(output).toMatch(/pilot-1.cjs answers 404/);
    expect(output).toMatch(/the agent ended with 7/);
    expect(code).toBe(0);
    expect(await readFile(join(root, 'opt/pilotfish/log/seen'), 'utf8')).toBe(`${VM_ID}\n${VM_ID}\n`);
    expect(await readFile(join(root, 'opt/pilotfish/lib/pilot.cjs'), 'utf8')).toBe(PILOT);
  });

  it('runs nothing that has another digest', async () => {
    answers['/files/agent-1.cjs'] = `${AGENT} `;
    answers['/files/pilot-1.cjs'] = PILOT;
    await install();
    const { output } = await boot();
    expect(output).toMatch(/agent-1.cjs is not the program this VM was promised/);
    await expect(readFile(join(root, 'opt/pilotfish/lib/agent.cjs'))).rejects.toThrow(/ENOENT/);
  });
});
