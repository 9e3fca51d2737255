import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentMessage, pause, readProcess } from '@pilotfish/worker-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runAgent } from './agent.ts';
import { ACTIVATION_KEY, AgentDoor } from './agent-door.fixture.ts';

// Writes down what it hears; crashes when a file tells it to.
const STAND_IN_PILOT = `
const { appendFileSync, existsSync } = require('node:fs');
const { join } = require('node:path');
const root = join(__dirname, '..');
process.on('message', (message) => {
  appendFileSync(join(root, 'heard'), JSON.stringify(message) + '\\n');
  if (message.kind === 'stop') process.exit(0);
  if (message.kind === 'start') process.send({ kind: 'state', open: existsSync(join(root, 'busy')) ? 1 : 0, lastContactAt: Date.now() });
});
process.on('disconnect', () => process.exit(0));
setInterval(() => existsSync(join(root, 'crash')) && process.exit(9), 20);
console.log('the pilot speaks');
process.send({ kind: 'ready' });
`;

describe('the agent', () => {
  let door: AgentDoor;
  let root: string;
  let terminated: AbortController;
  let console: string[];
  let ended: boolean;

  beforeEach(async () => {
    door = await AgentDoor.open();
    root = await mkdtemp(join(tmpdir(), 'agent-'));
    await mkdir(join(root, 'etc'));
    await mkdir(join(root, 'lib'));
    await writeFile(join(root, 'lib/pilot.cjs'), STAND_IN_PILOT);
    const vm = { serviceUrl: door.url, vmId: randomUUID(), activationKey: ACTIVATION_KEY, ca: null, files: {} };
    await writeFile(join(root, 'etc/vm.json'), JSON.stringify(vm));
  });

  afterEach(async () => {
    terminated.abort();
    await eventually('the agent ends', () => ended);
    await door.close();
    await rm(root, { recursive: true });
  });

  function start(): void {
    terminated = new AbortController();
    console = [];
    ended = false;
    void runAgent(root, terminated.signal, (line) => console.push(line)).then(() => {
      ended = true;
    });
  }

  async function heard(): Promise<AgentMessage[]> {
    const text = await readFile(join(root, 'heard'), 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AgentMessage);
  }

  const started = () => eventually('a beat with a running pilot', () => door.beats.at(-1)?.health.pilotRunning);

  it('activates by proof, starts the pilot with a token and beats with both logs', async () => {
    door.cuts = 2;
    start();
    await started();
    await eventually('the pilot’s words', () => door.beats.at(-1)?.logTail.includes('the pilot speaks'));
    expect(door.beats.at(-1)?.logTail).toContain('activated');
    const [first] = await heard();
    expect(first).toMatchObject({ kind: 'start', token: 'token-1', serviceUrl: door.url, root });
    expect((await stat(join(root, 'state/identity.json'))).mode & 0o777).toBe(0o600);
    expect(console.join('')).not.toContain(ACTIVATION_KEY);
  });

  it('comes back as the same VM without activating again', async () => {
    start();
    await started();
    terminated.abort();
    await eventually('it ends', () => ended);
    const beats = door.beats.length;
    start();
    await eventually('it beats again', () => door.beats.length > beats);
    expect(door.activations).toHaveLength(1);
  });

  it('halts with a loud line when the activation is refused', async () => {
    door.refuseActivation = true;
    start();
    await eventually('it ends', () => ended);
    expect(console.join('')).toContain('NOT ACTIVATED');
    expect(await readFile(join(root, 'log/agent.log'), 'utf8')).toContain('activation-refused');
  });

  it('renews its token in time and hands it to the pilot', async () => {
    door.tokenLifeS = 2;
    start();
    await started();
    await eventually('more tokens', () => door.minted >= 3);
    await eventually('the pilot has it', async () => (await heard()).some((one) => one.kind === 'token'));
  });

  it('brings orders to the pilot as soon as they exist, and halts when told to and allowed to', async () => {
    start();
    await started();
    door.order('drain');
    await eventually('the pilot hears', async () =>
      (await heard()).some((one) => one.kind === 'instructions' && one.instructions.vm === 'drain'),
    );
    door.order('halt');
    await eventually('it ends', () => ended);
    expect((await heard()).at(-1)).toMatchObject({ kind: 'stop' });
    expect(door.halts).toHaveLength(1);
  });

  it('starts the pilot again when the halt is taken back', async () => {
    start();
    await started();
    door.mayHalt = false;
    door.order('halt');
    await eventually('it asks', () => door.halts.length > 0);
    door.order('go-on');
    await eventually('a second start', async () => (await heard()).filter(({ kind }) => kind === 'start').length === 2);
    expect(ended).toBe(false);
  });

  it('starts a new pilot under a new id when one dies, and ends what it left running', async () => {
    start();
    await started();
    const leftover = spawn('/bin/sleep', ['77'], { detached: true, stdio: 'ignore' });
    const row = await readProcess(leftover.pid!);
    await mkdir(join(root, 'work/3.1'), { recursive: true });
    const mark = { jobId: 3, n: 1, session: leftover.pid, startTicks: row!.startTicks };
    await writeFile(join(root, 'work/3.1/meta.json'), JSON.stringify(mark));
    const { vmId } = door.activations[0]!;
    const env = { PILOTFISH_VM: vmId, PILOTFISH_JOB_ID: '4' };
    const escaped = spawn('/bin/sleep', ['78'], { detached: true, stdio: 'ignore', env });
    const bystander = spawn('/bin/sleep', ['3'], { stdio: 'ignore', env: { ...env, PILOTFISH_VM: `${vmId}0` } });
    await writeFile(join(root, 'crash'), '');
    await eventually(
      'the leftovers are ended',
      () => leftover.signalCode === 'SIGKILL' && escaped.signalCode === 'SIGKILL',
    );
    expect(bystander.signalCode).toBeNull();
    await rm(join(root, 'crash'));
    const starts = async () => (await heard()).filter((one) => one.kind === 'start');
    const [first, second] = await eventually('a second start', async () => (await starts())[1] && (await starts()));
    expect(second!.pilotId).not.toBe(first!.pilotId);
    expect(existsSync(join(root, 'work/3.1'))).toBe(false);
  });

  it('halts when the centre has retired its key', async () => {
    start();
    await started();
    door.retired = 'unauthenticated';
    await eventually('it ends', () => ended);
    expect(console.join('')).toContain('kind="refused"');
  });

  it('halts alone when it is empty and hears nothing, but not while it holds an attempt', async () => {
    door.isolatedAfterS = 1;
    await writeFile(join(root, 'busy'), '');
    start();
    await started();
    await door.close();
    await pause(2500);
    expect(ended).toBe(false);
    await rm(join(root, 'busy'));
    await writeFile(join(root, 'crash'), '');
    await eventually('it ends', () => ended);
    expect(console.join('')).toContain('kind="isolated"');
  });
});

async function eventually<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const found = await look();
    if (found) return found;
    await pause(15);
  }
  throw new Error(`never happened: ${what}`);
}
