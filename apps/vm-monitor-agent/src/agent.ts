// The first program on a VM: proves who the VM is, keeps its pilot alive, beats, and ends the VM when told to, when
// nobody knows it any more, or when it is empty and alone.

import { mkdir } from 'node:fs/promises';
import { Client, type Instructions, type VmBrief } from '@pilotfish/api-contract';
import { isolatedHalt } from '@pilotfish/fleet-planner';
import { Contact, lineLog, pause, RotatingFile, vmFolders, WORKER_VERSION } from '@pilotfish/worker-kit';
import { activate } from './activation.ts';
import { confirmHalt } from './confirm-halt.ts';
import { awaitOrders, beat } from './conversation.ts';
import { Health } from './health.ts';
import { type Identity, loadIdentity } from './identity.ts';
import { OrdersBoard } from './orders-board.ts';
import { PilotKeeper } from './pilot-keeper.ts';
import { Tokens } from './tokens.ts';
import { readVmFile, type VmFile } from './vm-file.ts';

const GRACE_S = 10;
const TERM_GRACE_S = 5;
const ISOLATION_LOOK_MS = 1000;
const TAIL_CHARS = 8000;

/** Why the VM ends; only an order can be taken back. */
interface Leave {
  readonly kind: 'ordered' | 'refused' | 'isolated' | 'terminated';
  readonly reason: string;
}

/** Resolves when the machine is to halt. `terminated` aborts on SIGTERM; `toConsole` is told what the log is told. */
export async function runAgent(
  root: string,
  terminated: AbortSignal,
  toConsole: (line: string) => void,
): Promise<void> {
  const folders = vmFolders(root);
  for (const folder of [folders.state, folders.log, folders.work])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  const agentFile = new RotatingFile(`${folders.log}/agent.log`);
  const pilotFile = new RotatingFile(`${folders.log}/pilot.log`);
  const log = lineLog((line) => {
    agentFile.write(line);
    toConsole(line);
  });
  const vm = await readVmFile(folders.vmFile);
  log.info('agent started', { vm: vm.vmId, version: WORKER_VERSION });
  const contact = new Contact();
  const open = new Client({ url: vm.serviceUrl, fetch: contact.fetch });
  const identity = await loadIdentity(folders.identityFile);
  const brief = await activate({ client: open, vm, identity, briefFile: folders.briefFile, log, signal: terminated });
  if ('refused' in brief) {
    log.error('THIS VM WAS NOT ACTIVATED and halts', { reason: brief.refused });
  } else {
    const logs = {
      log,
      pilotLog: (text: string) => pilotFile.write(text),
      tail: () => agentFile.tail(TAIL_CHARS) + pilotFile.tail(TAIL_CHARS),
    };
    await live({ root, vm, brief, identity, contact, open, logs, terminated });
  }
  log.info('the VM halts');
  await Promise.all([agentFile.flushed(), pilotFile.flushed()]);
}

interface LifeParts {
  readonly root: string;
  readonly vm: VmFile;
  readonly brief: VmBrief;
  readonly identity: Identity;
  readonly contact: Contact;
  readonly open: Client;
  readonly logs: {
    readonly log: ReturnType<typeof lineLog>;
    readonly pilotLog: (text: string) => void;
    readonly tail: () => string;
  };
  readonly terminated: AbortSignal;
}

async function live({ root, vm, brief, identity, contact, open, logs, terminated }: LifeParts): Promise<void> {
  const { log } = logs;
  const ended = new AbortController();
  const { signal } = ended;
  let leave: (why: Leave) => void = () => undefined;
  const tokens = new Tokens({
    client: open,
    assertion: () => identity.assertion(vm.vmId, contact.centreNow()),
    log,
    onRenewed: ({ token, expiresAt }) => keeper.tell({ kind: 'token', token, tokenExpiresAt: expiresAt }),
    onRefused: (reason) => leave({ kind: 'refused', reason }),
  });
  const token = async () => (await tokens.current()).token;
  const client = new Client({ url: vm.serviceUrl, token, fetch: contact.fetch });
  const board = new OrdersBoard((instructions: Instructions) => {
    keeper.tell({ kind: 'instructions', instructions });
    if (instructions.vm === 'halt') leave({ kind: 'ordered', reason: 'the centre said so' });
  });
  const keeper = new PilotKeeper({
    folders: vmFolders(root),
    root,
    serviceUrl: vm.serviceUrl,
    brief,
    token: () => tokens.current(),
    instructions: () => board.newest,
    log,
    pilotLog: logs.pilotLog,
    onContact: (agoMs) => contact.heard(agoMs),
  });
  const talk = {
    client,
    beatS: brief.beatS,
    board,
    health: new Health(root),
    pilotRunning: () => keeper.pilotRunning,
    logTail: logs.tail,
    log,
    onUnauthenticated: () => tokens.distrust(),
    signal,
  };
  terminated.addEventListener('abort', () => leave({ kind: 'terminated', reason: 'SIGTERM' }));
  const looking = setInterval(() => {
    const now = performance.now();
    const lastContactAt = now - contact.ageMs();
    const { isolatedAfterS } = brief;
    if (!isolatedHalt({ now, lastContactAt, openAttempts: keeper.open, isolatedAfterS })) return;
    leave({ kind: 'isolated', reason: `nothing runs here and the centre is silent for ${brief.isolatedAfterS} s` });
  }, ISOLATION_LOOK_MS);
  const talks = [tokens.run(), beat(talk), awaitOrders(talk)];

  for (let halting = false; !halting; ) {
    const leaving = new Promise<Leave>((resolve) => {
      leave = resolve;
    });
    keeper.start();
    // What came while nobody listened.
    if (board.newest?.vm === 'halt') leave({ kind: 'ordered', reason: 'the centre said so' });
    if (terminated.aborted) leave({ kind: 'terminated', reason: 'SIGTERM' });
    const why = await leaving;
    log.warn('leaving', { kind: why.kind, reason: why.reason });
    await keeper.stop(why.kind === 'terminated' ? TERM_GRACE_S : GRACE_S);
    halting = why.kind !== 'ordered' || (await confirmHalt(client, why.reason, (orders) => board.put(orders)));
    if (!halting) log.info('the order to halt was taken back');
  }
  clearInterval(looking);
  ended.abort();
  tokens.close();
  await Promise.race([Promise.allSettled(talks), pause(1000)]);
}
