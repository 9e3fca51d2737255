// Work that only one process may do at a time: a session lock of PostgreSQL, gone with its connection.
import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** Runs `work` unless some process is at it; returns whether it ran. */
export type Exclusive = (name: string, work: () => Promise<void>) => Promise<boolean>;

export function exclusive(db: Database): Exclusive {
  return async (name, work) => {
    const key = createHash('sha256').update(`pilotfish:${name}`).digest().readInt32BE(0);
    const connection = await db.connection();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    connection.on('error', onError);
    try {
      const { rows } = await connection.query('SELECT pg_try_advisory_lock(7417, $1) AS got', [key]);
      if (!(rows[0] as { got: boolean }).got) return false;
      try {
        await work();
      } finally {
        await connection.query('SELECT pg_advisory_unlock(7417, $1)', [key]).catch((error: Error) => {
          broken = error;
        });
      }
      return true;
    } finally {
      connection.off('error', onError);
      connection.release(broken);
    }
  };
}
