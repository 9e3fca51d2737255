import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeService, startFakeService, TOKEN } from './fake-service.fixture.ts';
import { emptyFolder, run } from './run.fixture.ts';

const alice = { name: 'alice', vo: 'biomed', group: 'users', role: 'user' } as const;
const CREDENTIALS = '.config/pilotfish/credentials.json';
let service: FakeService;

beforeAll(async () => {
  service = await startFakeService({ whoAmI: () => alice });
});
afterAll(() => service.close());

async function announceLocalService(folder: string, url: string): Promise<void> {
  const running = join(folder, '.pilotfish', 'data', 'run');
  await mkdir(running, { recursive: true });
  await writeFile(join(running, 'service.json'), JSON.stringify({ url }));
  await writeFile(join(running, 'operator-token'), `${TOKEN}\n`);
}

describe('login', () => {
  it('checks the token, saves it for its owner only, and logout forgets it', async () => {
    const home = await emptyFolder();
    const login = ['login', '--url', `${service.url}/`, '--token-stdin'];
    const result = await run(login, { home, environment: {}, stdin: `${TOKEN}\n` });
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toContain('as alice');
    const file = join(home, CREDENTIALS);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ url: service.url, token: TOKEN });
    expect((await run(['whoami', '-q'], { home, environment: {} })).stdout).toBe('alice\n');
    expect((await run(['logout'], { home, environment: {} })).status).toBe(0);
    expect((await run(['whoami'], { home, environment: {} })).status).toBe(3);
  });

  it('asks on a terminal, and saves nothing when the token is refused', async () => {
    const home = await emptyFolder();
    const options = { home, environment: {}, terminal: true };
    const refused = await run(['login', '--url', service.url], { ...options, typed: 'wrong' });
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain('nothing was saved');
    await expect(stat(join(home, CREDENTIALS))).rejects.toThrow();
    expect((await run(['login', '--url', service.url], { ...options, typed: TOKEN })).status).toBe(0);
  });

  it('keeps to XDG_CONFIG_HOME', async () => {
    const folder = await emptyFolder();
    const environment = { XDG_CONFIG_HOME: folder, WMS_URL: service.url };
    await run(['login', '--token-stdin'], { environment, stdin: TOKEN });
    expect((await stat(join(folder, 'pilotfish', 'credentials.json'))).isFile()).toBe(true);
  });

  it.each([
    ['no terminal and no --token-stdin', ['--url', 'https://wms.example.org'], ''],
    ['no address', ['--token-stdin'], 'x'],
    ['an address that is none', ['--url', 'ftp://x', '--token-stdin'], 'x'],
    ['an empty token', ['--url', 'https://wms.example.org', '--token-stdin'], '\n'],
  ])('is misused with %s', async (_, argv, stdin) => {
    expect((await run(['login', ...argv], { environment: {}, stdin })).status).toBe(2);
  });
});

describe('the service a command talks to', () => {
  it('is the local one where nobody logged in, found from the checkout or the current folder', async () => {
    const [projectRoot, cwd] = [await emptyFolder(), await emptyFolder()];
    await announceLocalService(cwd, service.url);
    const result = await run(['whoami', '--json'], { environment: {}, projectRoot, cwd });
    expect(JSON.parse(result.stdout)).toEqual(alice);
  });

  it('is the one of the saved login before a local one', async () => {
    const home = await emptyFolder();
    await announceLocalService(home, 'http://127.0.0.1:1');
    await run(['login', '--url', service.url, '--token-stdin'], { home, environment: {}, stdin: TOKEN });
    expect((await run(['whoami'], { home, environment: {} })).stdout).toContain(service.url);
  });

  it('gets a saved token only if it was saved for it', async () => {
    const home = await emptyFolder();
    await run(['login', '--url', service.url, '--token-stdin'], { home, environment: {}, stdin: TOKEN });
    const result = await run(['whoami', '--url', 'https://elsewhere.example.org'], { home, environment: {} });
    expect(result.status).toBe(3);
    expect(result.stderr).toContain('not logged in at https://elsewhere.example.org');
  });
});
