// The VM monitor agent. Exit 0: the machine is to halt; anything else: start the agent again.
import { WORKER_VERSION } from '@pilotfish/worker-kit';
import { runAgent } from './agent.ts';
import { readConfig } from './config.ts';

const config = readConfig();

if (config.version) {
  console.log(WORKER_VERSION);
} else if (config.root === undefined) {
  console.error('usage: agent.cjs --root <folder>   (the folder that holds etc/vm.json)');
  process.exitCode = 2;
} else {
  const terminated = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => terminated.abort());
  // The console may be closed long before the VM ends.
  process.stderr.on('error', () => undefined);
  runAgent(config.root, terminated.signal, (line) => process.stderr.write(line)).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`the agent broke: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
}
