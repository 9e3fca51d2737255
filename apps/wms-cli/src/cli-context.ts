// What a command gets from the process it runs in; a test hands in its own.
import type { Command } from 'commander';
import type { CliConfig } from './config.ts';

export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Io {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly stdinIsTTY: boolean;
  /** All of stdin as UTF-8. */
  readStdin(): Promise<string>;
  /** Asks on the terminal without showing what is typed. */
  askSecret(prompt: string): Promise<string>;
}

export interface CliContext {
  readonly config: CliConfig;
  readonly io: Io;
  readonly cwd: string;
  /** Top folder of the checkout this program runs from. */
  readonly projectRoot: string;
  /** The arguments as given, without the program. */
  readonly argv: readonly string[];
  now(): Date;
  sleep(ms: number): Promise<void>;
  /** Sets the exit status; the worst (highest) of several calls stays. */
  endWith(status: number): void;
}

/** How every command file adds itself; `program.ts` lists them. */
export type Registration = (program: Command, context: CliContext) => void;
