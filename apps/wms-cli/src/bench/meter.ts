// What a stretch of a bench cost: processor time of each part, commits and log of the database.
import type pg from 'pg';
import { cpuMsOf, machineBusyMs, memoryOf } from './process-cost.ts';
import { rounded } from './quantile.ts';
import type { Stage } from './stage.ts';

export interface Reading {
  /** ms */
  readonly at: number;
  readonly apiMs: number | undefined;
  readonly postgresMs: number | undefined;
  readonly clientMs: number;
  readonly machineMs: number | undefined;
  readonly commits: number;
  readonly walBytes: number;
}

export interface Cost {
  readonly api_cpu_ms: number | null;
  readonly postgres_cpu_ms: number | null;
  readonly client_cpu_ms: number;
  readonly transactions: number;
  readonly wal_bytes: number;
}

export interface Load {
  /** Processors kept busy by API, database and client of the bench; and by everything else on the machine. */
  readonly own_cores: number | null;
  readonly other_cores: number | null;
  readonly api_memory_mb: number | null;
  readonly api_memory_peak_mb: number | null;
}

const TRAFFIC = `SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float8 AS commits,
  pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS wal`;

export async function readMeter({ pids, sql }: Stage): Promise<Reading> {
  const { rows } = await sql.query<{ commits: number; wal: number }>(TRAFFIC);
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now(),
    apiMs: cpuMsOf(pids.api),
    postgresMs: pids.postgres === undefined ? undefined : cpuMsOf(pids.postgres),
    clientMs: (user + system) / 1000,
    machineMs: machineBusyMs(),
    commits: rows[0]!.commits,
    walBytes: rows[0]!.wal,
  };
}

/** For one of `count` things done between the readings. */
export function costOf(from: Reading, to: Reading, count: number): Cost {
  const each = (before: number, after: number, digits: number) =>
    rounded((after - before) / Math.max(count, 1), digits);
  const known = (before: number | undefined, after: number | undefined) =>
    before === undefined || after === undefined ? null : each(before, after, 3);
  return {
    api_cpu_ms: known(from.apiMs, to.apiMs),
    postgres_cpu_ms: known(from.postgresMs, to.postgresMs),
    client_cpu_ms: each(from.clientMs, to.clientMs, 3),
    transactions: each(from.commits, to.commits, 2),
    wal_bytes: each(from.walBytes, to.walBytes, 0),
  };
}

export function loadOf(from: Reading, to: Reading, stage: Stage): Load {
  const cores = (ms: number) => rounded(ms / (to.at - from.at), 2);
  const of = (key: 'apiMs' | 'postgresMs' | 'machineMs') => (to[key] ?? Number.NaN) - (from[key] ?? Number.NaN);
  const own = of('apiMs') + of('postgresMs') + to.clientMs - from.clientMs;
  const orNull = (value: number) => (Number.isNaN(value) ? null : Math.max(0, cores(value)));
  const memory = memoryOf(stage.pids.api);
  return {
    own_cores: orNull(own),
    other_cores: orNull(of('machineMs') - own),
    api_memory_mb: memory?.nowMb ?? null,
    api_memory_peak_mb: memory?.peakMb ?? null,
  };
}

export async function serverFacts(sql: pg.Pool) {
  const show = async (name: string) =>
    Object.values((await sql.query<Record<string, string>>(`SHOW ${name}`)).rows[0]!)[0]!;
  return {
    postgresql: await show('server_version'),
    synchronous_commit: await show('synchronous_commit'),
    fsync: await show('fsync'),
    shared_buffers: await show('shared_buffers'),
  };
}
