// What every bench prints besides its own figures.

import type { CliContext } from '../cli-context.ts';
import { type Machine, machineFacts } from './machine.ts';
import { serverFacts } from './meter.ts';
import type { Profile } from './profile.ts';
import { rounded } from './quantile.ts';
import type { StageOptions } from './stage.ts';
import { onStage, type Stage } from './stage.ts';

export type Figures = Readonly<Record<string, unknown>>;

export interface BenchReport {
  readonly bench: string;
  readonly figures: Figures;
  readonly settings: Figures;
  readonly machine: Machine & Figures;
  readonly profile?: Profile;
}

export interface BenchRun {
  readonly name: string;
  readonly settings: Figures;
  readonly stage: StageOptions;
  readonly play: (stage: Stage) => Promise<Figures>;
}

/** Sets the stage, plays, and adds what the figures were measured on. */
export async function runBench(
  context: CliContext,
  { name, settings, stage: options, play }: BenchRun,
): Promise<BenchReport> {
  const machine = machineFacts();
  return onStage(context, options, async (stage) => {
    const server = await serverFacts(stage.sql);
    const figures = await play(stage);
    await stage.stopApi();
    const profile = stage.profiler.read();
    const database = options.databaseUrl === undefined ? 'embedded' : 'given';
    return {
      bench: name,
      figures,
      settings: { ...settings, api_processes: 1, database, synchronous_commit: server.synchronous_commit },
      machine: { ...machine, ...server },
      ...(profile && { profile }),
    };
  });
}

export const perSecond = (rate: number): number => rounded(rate, rate < 100 ? 1 : 0);
export const ratio = (ours: number, theirs: number): number | null => (theirs > 0 ? rounded(ours / theirs, 3) : null);
