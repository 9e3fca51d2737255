// The promises of the ledger (design §10), each as a query for what breaks it. Empty answers mean that all hold.
import { type Sql, sql } from './database.ts';

const OPEN = `('Claimed', 'Running', 'Completing')`;
const ENDED = `('Done', 'Failed', 'Killed', 'Deleted')`;

/** Each query yields rows with one text column `what`. */
const ALWAYS: Readonly<Record<string, string>> = {
  'a job waits exactly while its queue has it': `
    SELECT 'job ' || j.id || ' is ' || j.state AS what FROM job j LEFT JOIN waiting_job w ON w.job_id = j.id
    WHERE (j.state = 'Waiting') <> (w.job_id IS NOT NULL)`,
  'a job is held exactly while one attempt is open': `
    SELECT 'job ' || j.id || ' is ' || j.state || ' with ' || count(a.n) || ' open attempts' AS what
    FROM job j LEFT JOIN attempt a ON a.job_id = j.id AND a.state IN ${OPEN}
    GROUP BY j.id HAVING count(a.n) <> (CASE WHEN j.state IN ('Matched', 'Running', 'Stalled', 'Completing') THEN 1 ELSE 0 END)`,
  'a job waits in its own queue, in its own place': `
    SELECT 'job ' || j.id AS what FROM waiting_job w JOIN job j ON j.id = w.job_id
    WHERE (w.queue_id, w.priority) <> (j.queue_id, j.priority)`,
  'the newest attempt of a job is its last number, and only that may be open': `
    SELECT 'job ' || j.id AS what FROM job j LEFT JOIN attempt a ON a.job_id = j.id
    GROUP BY j.id HAVING coalesce(max(a.n), 0) <> j.attempt OR count(*) FILTER (WHERE a.state IN ${OPEN} AND a.n < j.attempt) > 0`,
  'a job has at most one accepted end': `
    SELECT 'job ' || job_id || ' has ' || count(*) || ' completions' AS what FROM attempt
    WHERE state = 'Done' GROUP BY job_id HAVING count(*) > 1`,
  'a Done job was done by its last attempt': `
    SELECT 'job ' || j.id AS what FROM job j WHERE j.state = 'Done' AND NOT EXISTS (
      SELECT 1 FROM attempt a WHERE a.job_id = j.id AND a.n = j.attempt AND a.state = 'Done')`,
  'no job runs on a VM of another VO': `
    SELECT 'job ' || j.id || ' of ' || j.vo || ' on VM ' || v.id || ' of ' || v.vo AS what
    FROM attempt a JOIN job j ON j.id = a.job_id JOIN vm v ON v.id = a.vm_id WHERE v.vo <> j.vo`,
  'open attempts fit into their VM': `
    SELECT 'VM ' || v.id AS what FROM vm v JOIN attempt a ON a.vm_id = v.id AND a.state IN ${OPEN}
    GROUP BY v.id HAVING sum(a.processors) > v.processors OR sum(a.memory_mb) > v.memory_mb OR sum(a.disk_mb) > v.disk_mb
      OR sum(a.gpus) > v.gpus`,
  'no VM has ended with open attempts': `
    SELECT 'VM ' || v.id AS what FROM vm v WHERE v.ended_at IS NOT NULL
      AND EXISTS (SELECT 1 FROM attempt a WHERE a.vm_id = v.id AND a.state IN ${OPEN})`,
  'no attempt is open on a stalled VM': `
    SELECT 'VM ' || v.id AS what FROM vm v WHERE v.state = 'stalled'
      AND EXISTS (SELECT 1 FROM attempt a WHERE a.vm_id = v.id AND a.state IN ${OPEN})`,
  'the idle clock of a VM runs exactly while no attempt is open on it': `
    SELECT 'VM ' || v.id AS what FROM vm v WHERE v.state IN ('running', 'draining') AND (v.idle_since IS NULL) <>
      EXISTS (SELECT 1 FROM attempt a WHERE a.vm_id = v.id AND a.state IN ${OPEN})`,
  'VMs stay under the cap of their endpoint': `
    SELECT e.name || ': ' || count(*) || ' VMs' AS what FROM endpoint e JOIN vm v ON v.endpoint = e.name AND v.ended_at IS NULL
    GROUP BY e.name HAVING count(*) > e.max_vms OR sum(v.processors) > e.max_processors`,
  'VMs stay under the cap of their profile': `
    SELECT f.vo || '/' || f.name || ': ' || count(*) || ' VMs' AS what
    FROM (SELECT vo, name, max((spec->>'maxVms')::int) AS most FROM profile GROUP BY vo, name) f
    JOIN vm v ON v.vo = f.vo AND v.profile = f.name AND v.ended_at IS NULL
    GROUP BY f.vo, f.name, f.most HAVING count(*) > f.most`,
  'an attempt lives inside the life of its VM': `
    SELECT 'attempt ' || a.n || ' of job ' || a.job_id AS what FROM attempt a JOIN vm v ON v.id = a.vm_id
    WHERE v.activated_at IS NULL OR a.claimed_at < v.activated_at OR (v.ended_at IS NOT NULL AND a.ended_at > v.ended_at)`,
  'an ended job keeps no order to stop open': `
    SELECT 'job ' || j.id AS what FROM job j JOIN attempt a ON a.job_id = j.id AND a.state IN ${OPEN} WHERE j.state IN ${ENDED}`,
};

/** What must hold besides once all work is over and the fleet has gone. */
const AT_REST: Readonly<Record<string, string>> = {
  'every job has ended': `SELECT 'job ' || id || ' is ' || state AS what FROM job WHERE state NOT IN ${ENDED}`,
  'no VM is left': `SELECT 'VM ' || id || ' is ' || state AS what FROM vm WHERE ended_at IS NULL`,
  'no machine is left that the ledger does not know': `SELECT 'machine ' || vm_id || ' at ' || endpoint AS what FROM stranger`,
};

/** One sentence per broken promise, with at most ten examples. */
export async function brokenInvariants(db: Sql): Promise<readonly string[]> {
  return broken(db, ALWAYS);
}

/** To be asked after a drain. */
export async function brokenAtRest(db: Sql): Promise<readonly string[]> {
  return [...(await broken(db, ALWAYS)), ...(await broken(db, AT_REST))];
}

async function broken(db: Sql, promises: Readonly<Record<string, string>>): Promise<string[]> {
  const found: string[] = [];
  for (const [promise, text] of Object.entries(promises)) {
    const rows = await db.rows<{ what: string }>(
      sql(`invariant_${promise.replaceAll(/\W/g, '_')}`.slice(0, 60), `${text} LIMIT 10`),
    );
    if (rows.length > 0) found.push(`not true that ${promise}: ${rows.map(({ what }) => what).join(', ')}`);
  }
  return found;
}
