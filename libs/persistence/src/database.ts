// The pool for hot statements and the transactions around them. Administration goes through TypeORM (data-source.ts).
import { type Secret, WmsError } from '@pilotfish/model';
import pg from 'pg';

// bigint ids and counts fit a double; times stay Date.
const INT8 = 20;
const NUMERIC = 1700;
pg.types.setTypeParser(INT8, Number);
pg.types.setTypeParser(NUMERIC, Number);

export type Row = Record<string, unknown>;

/** Where a statement can run: the pool, or one transaction. */
export interface Sql {
  /** Rows of one statement. `name` lets the server keep its plan. */
  rows<T = Row>(statement: Statement, values?: readonly unknown[]): Promise<T[]>;
}

export interface Statement {
  readonly name: string;
  readonly text: string;
}

export const sql = (name: string, text: string): Statement => ({ name, text });

/** SQLSTATE classes after which the same transaction may simply be tried again. */
const RETRY = new Set(['40001', '40P01']);
const RETRIES = 5;

export class Database implements Sql {
  readonly #pool: pg.Pool;

  constructor(url: Secret, options: { max?: number; name?: string } = {}) {
    this.#pool = new pg.Pool({
      connectionString: url.reveal(),
      max: options.max ?? 10,
      application_name: options.name ?? 'pilotfish',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
    this.#pool.on('error', () => undefined);
  }

  async rows<T = Row>(statement: Statement, values: readonly unknown[] = []): Promise<T[]> {
    return run<T>(this.#pool, statement, values);
  }

  /** Runs `work` in one READ COMMITTED transaction; deadlocks and serialisation failures are tried again. */
  async transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (tries >= RETRIES || !RETRY.has((error as { code?: string }).code ?? '')) throw error;
      }
    }
  }

  /** One connection of its own, e.g. for LISTEN or a session lock; the caller releases it. */
  async connection(): Promise<pg.PoolClient> {
    return this.#pool.connect();
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #once<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    // The server may end the session in mid-transaction; the query in flight reports it, this only keeps it caught.
    const onError = (error: Error) => {
      broken = error;
    };
    client.on('error', onError);
    try {
      await client.query('BEGIN');
      const result = await work({ rows: (statement, values) => run(client, statement, values ?? []) });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((rollback: Error) => {
        broken ??= rollback;
      });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }
}

async function run<T>(on: pg.Pool | pg.PoolClient, statement: Statement, values: readonly unknown[]): Promise<T[]> {
  try {
    const result = await on.query({ name: statement.name, text: statement.text, values: values as unknown[] });
    return result.rows as T[];
  } catch (error) {
    if ((error as { code?: string }).code === 'WM001') throw new WmsError('illegal-state', (error as Error).message);
    throw error;
  }
}
