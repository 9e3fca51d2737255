// Where the time of a stretch went: the API's by its functions, the database's by its statements.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { type CpuProfile, type HotFunctions, hotFunctions } from './hot-functions.ts';

const MOST_STATEMENTS = 25;
const MOST_TEXT = 120;

export interface Profile extends HotFunctions {
  readonly file: string;
  readonly statements: readonly Readonly<Record<string, unknown>>[];
}

const STATEMENTS = `SELECT round(total_exec_time::numeric)::int AS total_ms, calls::int,
    round(mean_exec_time::numeric, 3)::float8 AS mean_ms, rows::int, shared_blks_hit::int AS blocks,
    left(regexp_replace(query, '\\s+', ' ', 'g'), ${MOST_TEXT}) AS statement
  FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  ORDER BY total_exec_time DESC LIMIT ${MOST_STATEMENTS}`;

/** One stretch of a bench; without a folder it notes nothing. */
export class Profiler {
  readonly #sql: pg.Pool;
  readonly #folder: string | undefined;
  #stretch = { from: 0, to: 0 };
  #statements: Profile['statements'] = [];

  constructor(sql: pg.Pool, folder: string | undefined) {
    this.#sql = sql;
    this.#folder = folder;
  }

  async begin(): Promise<void> {
    if (this.#folder === undefined) return;
    // A server of the caller may not count statements.
    await this.#sql.query('SELECT pg_stat_statements_reset()').catch(() => undefined);
    this.#stretch = { from: monotonicMs(), to: Number.POSITIVE_INFINITY };
  }

  async end(): Promise<void> {
    if (this.#folder === undefined) return;
    this.#stretch = { ...this.#stretch, to: monotonicMs() };
    this.#statements = await this.#sql.query(STATEMENTS).then(
      ({ rows }) => rows,
      () => [],
    );
  }

  /** After the API has ended: that is when it writes what it has noted. */
  read(): Profile | undefined {
    const folder = this.#folder;
    if (folder === undefined) return undefined;
    const age = (name: string) => statSync(join(folder, name)).mtimeMs;
    const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
    const file = join(folder, files.sort((a, b) => age(b) - age(a))[0] ?? '');
    const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
    return { file, ...hotFunctions(profile, this.#stretch), statements: this.#statements };
  }
}

const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);
