// The `wms` command: hands the process to the program and takes its exit status.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from './config.ts';
import { runCli } from './program.ts';
import { terminal } from './terminal.ts';

// The reader of our output may leave first, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

// Not process.exit(): what is still on its way into a pipe would be lost.
process.exitCode = await runCli({
  config: readConfig(),
  io: terminal(process),
  cwd: process.cwd(),
  // As the bundle, dist/main.js, and as the source, src/main.ts.
  projectRoot: join(import.meta.dirname, '../../..'),
  argv: process.argv.slice(2),
  now: () => new Date(),
  sleep: async (ms) => void (await pause(ms)),
});
