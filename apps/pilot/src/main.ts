// The pilot program. The agent starts it with an IPC channel and speaks first; when the channel closes, the agent is
// dead and the payloads must not outlive it.
import { type AgentMessage, agentMessage, lineLog, type PilotMessage, WORKER_VERSION } from '@pilotfish/worker-kit';
import { readConfig } from './config.ts';
import { Pilot } from './pilot.ts';

const ORPHAN_GRACE_MS = 3000;
const TERM_GRACE_MS = 5000;

const config = readConfig();
const log = lineLog((line) => process.stdout.write(line));

if (config.version) {
  console.log(WORKER_VERSION);
} else if (process.send === undefined) {
  console.error('The pilot is started by the VM monitor agent; start agent.cjs instead.');
  process.exitCode = 2;
} else {
  live();
}

function live(): void {
  let pilot: Promise<Pilot> | undefined;
  let leaving = false;

  const leave = async (graceMs: number, reason: string) => {
    if (leaving) return;
    leaving = true;
    log.info('pilot leaves', { reason });
    await (await pilot)?.stop(graceMs, reason);
    process.exit(0);
  };

  const hear = async (message: AgentMessage) => {
    if (message.kind === 'start') {
      pilot ??= Pilot.start(message, { inherited: config.inherited, log, tell });
      await pilot;
      return;
    }
    if (message.kind === 'stop') return leave(message.graceS * 1000, 'the VM is halting');
    if (message.kind === 'token') (await pilot)?.newToken(message.token);
    else (await pilot)?.obey(message.instructions);
  };

  // The agent's end of the pipe may be gone.
  process.stdout.on('error', () => undefined);
  process.on('message', (message) => void hear(agentMessage.parse(message)));
  process.on('disconnect', () => void leave(ORPHAN_GRACE_MS, 'the agent is gone'));
  process.on('SIGTERM', () => void leave(TERM_GRACE_MS, 'the VM is shutting down'));
  process.on('SIGINT', () => void leave(TERM_GRACE_MS, 'the pilot was interrupted'));
  tell({ kind: 'ready' });
}

function tell(message: PilotMessage): void {
  if (process.connected) process.send?.(message, () => undefined);
}
