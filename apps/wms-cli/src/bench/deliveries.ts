// Everything that was handed out, held against the ledger: no job twice, none lost.
import { type Client, routes } from '@pilotfish/api-contract';
import type pg from 'pg';

const CHECK_LIMIT_MS = 120_000;
/** The service's own check looks at every job; beyond so many it takes longer than the bench. */
const MOST_CHECKED = 2_000_000;

export class Deliveries {
  readonly #times = new Map<number, number>();

  add(assignments: readonly { readonly jobId: number }[]): void {
    for (const { jobId } of assignments) this.#times.set(jobId, (this.#times.get(jobId) ?? 0) + 1);
  }

  get jobs(): number {
    return this.#times.size;
  }

  /** Jobs that were handed out more than once. */
  get duplicates(): number {
    return [...this.#times.values()].filter((times) => times > 1).length;
  }

  /** Jobs handed out that the ledger doesn't know as held, and jobs that neither wait nor are held any more. */
  async lost(sql: pg.Pool): Promise<number> {
    const { rows } = await sql.query<{ unknown: number; missing: number }>(LOST, [[...this.#times.keys()]]);
    return rows[0]!.unknown + rows[0]!.missing;
  }
}

const LOST = `SELECT
  (SELECT count(*)::int FROM unnest($1::bigint[]) id
    WHERE NOT EXISTS (SELECT 1 FROM attempt a WHERE a.job_id = id AND a.state = 'Claimed')) AS unknown,
  (SELECT count(*)::int FROM job j WHERE NOT EXISTS (SELECT 1 FROM waiting_job w WHERE w.job_id = j.id)
    AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.job_id = j.id AND a.state = 'Claimed')) AS missing`;

/** The promises that the service finds broken; null when the ledger is too large to be asked here. */
export async function brokenPromises(operator: Client, waiting: number): Promise<readonly string[] | null> {
  if (waiting > MOST_CHECKED) return null;
  return (await operator.call(routes.checkInvariants, { timeoutMs: CHECK_LIMIT_MS })).broken;
}
