// What every bench plays on: a database, one real API process before it, and a way to ask both what they cost.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@pilotfish/api-contract';
import { Secret } from '@pilotfish/model';
import pg from 'pg';
import type { CliContext } from '../cli-context.ts';
import { programsOf } from '../programs.ts';
import { type ApiProcess, startApi } from './api-process.ts';
import { type BenchDatabase, embeddedDatabase, givenDatabase, requireDisk } from './bench-database.ts';
import { Profiler } from './profile.ts';

export interface StageOptions {
  readonly waiting: number;
  /** A server to use in place of an embedded one. */
  readonly databaseUrl?: string | undefined;
  /** Where profiles go; without it nothing is profiled. */
  readonly profile?: string | undefined;
}

export interface Stage {
  readonly url: string;
  readonly operator: Client;
  readonly databaseUrl: Secret;
  readonly sql: pg.Pool;
  readonly pids: { readonly api: number; readonly postgres: number | undefined };
  readonly profiler: Profiler;
  /** Stops the API, which is when it writes its profile. */
  stopApi(): Promise<void>;
}

/** Runs `play` and leaves nothing behind, however it ends. */
export async function onStage<T>(
  context: CliContext,
  options: StageOptions,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const folder = freshFolder(context);
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const database = await openDatabase(context, options, folder);
    undo.push(() => database.remove());
    const { programs, files } = programsOf(context.projectRoot);
    const api = await startApi({
      program: programs.api,
      folder,
      files,
      databaseUrl: database.url,
      environment: context.config.serviceEnvironment,
      profileFolder: options.profile,
    });
    undo.push(() => api.stop());
    const sql = new pg.Pool({ connectionString: database.url.reveal(), max: 4, application_name: 'pilotfish-bench' });
    // A connection that breaks while nobody uses it: at the latest the next query says so.
    sql.on('error', () => undefined);
    undo.push(() => sql.end());
    return await play(stageOf(api, database, sql, new Profiler(sql, options.profile)));
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

function stageOf(api: ApiProcess, database: BenchDatabase, sql: pg.Pool, profiler: Profiler): Stage {
  return {
    url: api.url,
    operator: new Client({ url: api.url, token: () => api.operatorToken }),
    databaseUrl: database.url,
    sql,
    pids: { api: api.pid, postgres: database.pid },
    profiler,
    stopApi: () => api.stop(),
  };
}

async function openDatabase(context: CliContext, options: StageOptions, folder: string): Promise<BenchDatabase> {
  if (options.databaseUrl !== undefined) return givenDatabase(new Secret(options.databaseUrl));
  requireDisk(folder, options.waiting);
  return embeddedDatabase(folder, join(context.projectRoot, '.pilotfish', 'cache'), options.profile !== undefined);
}

function freshFolder({ projectRoot }: CliContext): string {
  let folder: string;
  try {
    const base = join(projectRoot, '.pilotfish', 'bench');
    mkdirSync(base, { recursive: true });
    folder = mkdtempSync(join(base, 'run-'));
  } catch {
    folder = mkdtempSync(join(tmpdir(), 'pilotfish-bench-'));
  }
  // The database's own user must get through to its folder.
  chmodSync(folder, 0o711);
  return folder;
}
