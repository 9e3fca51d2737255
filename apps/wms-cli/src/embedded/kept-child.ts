// One program kept running: started anew when it dies, ever later if it keeps dying, until it is told to stop.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { WmsError } from '@pilotfish/model';
import { openLogFile, rotateLogFile, tailOf } from './log-file.ts';
import { removePidFile, writePidFile } from './pid-file.ts';

const READY_LIMIT_MS = 60_000;
/** Longer than a service gives itself to stop. */
const STOP_LIMIT_MS = 12_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const STEADY_MS = 30_000;

export interface KeptChildOptions {
  readonly name: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  readonly log: (line: string) => void;
}

export class KeptChild {
  readonly name: string;
  readonly #options: KeptChildOptions;
  readonly #logPath: string;
  readonly #runDir: string;
  #child: ChildProcess | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #again: NodeJS.Timeout | undefined;
  #started = false;
  #stopping = false;

  constructor(options: KeptChildOptions) {
    this.name = options.name;
    this.#options = options;
    this.#logPath = join(options.dataDir, 'log', `${options.name}.log`);
    this.#runDir = join(options.dataDir, 'run');
  }

  /** Of the process that runs now; `undefined` between two. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Resolves when the program says that it is ready; from then on it is kept running.
   * @throws WmsError `unavailable` with the end of its log when it dies first or takes too long.
   */
  async start(): Promise<void> {
    const failed = await this.#run();
    if (failed !== undefined) {
      await this.stop();
      const tail = tailOf(this.#logPath);
      throw new WmsError(
        'unavailable',
        `The ${this.name} did not start: it ${failed}. Its log, ${this.#logPath}, ends:\n${tail}`,
      );
    }
    this.#started = true;
  }

  /** SIGTERM, and SIGKILL if that does not help. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#again);
    const child = this.#child;
    if (child === undefined) return;
    await new Promise<void>((resolve) => {
      const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      const gone = () => {
        clearTimeout(limit);
        resolve();
      };
      child.once('exit', gone);
      // One that could not be run has no exit.
      if (child.pid === undefined) child.once('error', gone);
      child.kill('SIGTERM');
    });
  }

  rotateLog(): void {
    this.#unlessDiskIsFull(() => rotateLogFile(this.#logPath));
  }

  /** Runs it once; resolves when it is ready, or with how it failed before that. */
  #run(): Promise<string | undefined> {
    const begun = Date.now();
    const child = this.#spawn();
    this.#child = child;
    this.#unlessDiskIsFull(() => child.pid !== undefined && writePidFile(this.#runDir, this.name, child.pid));
    return new Promise((resolve) => {
      const limit = setTimeout(() => {
        resolve(`was not ready within ${READY_LIMIT_MS / 1000} s`);
        child.kill('SIGKILL');
      }, READY_LIMIT_MS);
      child.on('message', (message) => {
        if ((message as { kind?: unknown })?.kind !== 'ready') return;
        clearTimeout(limit);
        resolve(undefined);
      });
      const gone = (how: string) => {
        if (this.#child !== child) return;
        clearTimeout(limit);
        this.#child = undefined;
        removePidFile(this.#runDir, this.name);
        resolve(how);
        this.#after(how, Date.now() - begun);
      };
      child.on('error', (error) => child.pid === undefined && gone(`could not be run (${error.message})`));
      child.on('exit', (code, signal) => gone(signal ? `was ended by ${signal}` : `ended with status ${code}`));
    });
  }

  #spawn(): ChildProcess {
    this.rotateLog();
    const output = openLogFile(this.#logPath);
    try {
      return spawn(process.execPath, ['--enable-source-maps', this.#options.program], {
        // Its own group: Ctrl-C reaches the supervisor alone, which stops the children in order.
        detached: true,
        stdio: ['ignore', output, output, 'ipc'],
        env: { ...this.#options.env, PILOTFISH_SUPERVISED: '1' },
      });
    } finally {
      closeSync(output);
    }
  }

  #after(how: string, livedMs: number): void {
    if (this.#stopping || !this.#started) return;
    if (livedMs > STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#options.log(`the ${this.name} ${how}; starting it again in ${this.#pauseMs} ms (its log: ${this.#logPath})`);
    this.#again = setTimeout(() => this.#runAgain(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #runAgain(): void {
    try {
      void this.#run();
    } catch (error) {
      this.#after(`could not be run (${(error as Error).message})`, 0);
    }
  }

  /** What is only for later must not end what runs now. */
  #unlessDiskIsFull(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      this.#options.log(`${(error as Error).message}`);
    }
  }
}
