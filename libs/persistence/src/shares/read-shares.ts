// The share tree and what everybody has used by now: what is rolled up, what ended since, and what runs.
import type { ShareNode } from '@pilotfish/matcher';
import type { OwnerUse, Shares } from '@pilotfish/workload';
import { type Sql, sql } from '../database.ts';

const NODES = sql(
  'share_nodes',
  `SELECT name AS vo, '' AS grp, '' AS owner, weight, 0::float8 AS "burstCoreS", false AS shared FROM vo
   UNION ALL SELECT vo, grp, owner, weight, burst_core_s, shared FROM share_node ORDER BY 1, 2, 3`,
);
const HALF_LIFE = sql('share_half_life_now', 'SELECT half_life_s AS "halfLifeS" FROM share_rollup');

/** Seconds that a job of somebody without history is taken to last. */
const UNKNOWN_S = 60;

// Open attempts count with what they will have used if they take as long as their owner's do on average: with what they
// have used so far, a newcomer would be given every core until his first jobs end.
const USE = sql(
  'share_use',
  `WITH past AS (
     SELECT u.vo, u.grp, u.owner, u.core_s * share_left(u.at, now(), r.half_life_s) AS core_s, u.attempt_s / nullif(u.attempts, 0) AS mean_s
     FROM share_usage u CROSS JOIN share_rollup r
   ), live AS (
     SELECT j.vo, j.grp, j.owner, a.processors, a.accounted_core_s, true AS open,
       extract(epoch FROM clock_timestamp() - a.claimed_at)::float8 AS s
     FROM attempt a JOIN job j ON j.id = a.job_id WHERE a.state IN ('Claimed', 'Running', 'Completing')
     UNION ALL
     SELECT j.vo, j.grp, j.owner, a.processors, a.accounted_core_s, false, extract(epoch FROM a.ended_at - a.claimed_at)::float8
     FROM attempt a JOIN job j ON j.id = a.job_id WHERE a.ended_at IS NOT NULL AND NOT a.accounted
   ), now_used AS (
     SELECT l.vo, l.grp, l.owner, sum(l.processors * e.s - l.accounted_core_s) AS core_s,
       sum(l.processors * l.s - l.accounted_core_s) AS ran_core_s,
       coalesce(sum(l.processors * e.s - l.accounted_core_s) FILTER (WHERE l.open), 0) AS open_core_s
     FROM live l LEFT JOIN past p USING (vo, grp, owner)
     CROSS JOIN LATERAL (SELECT CASE WHEN l.open THEN greatest(l.s, coalesce(p.mean_s, ${UNKNOWN_S})) ELSE l.s END AS s) e
     GROUP BY 1, 2, 3
   )
   SELECT vo, grp AS "group", owner, coalesce(p.core_s, 0) + coalesce(n.core_s, 0) AS "coreS",
     coalesce(p.core_s, 0) + coalesce(n.ran_core_s, 0) AS "ranCoreS", coalesce(n.open_core_s, 0) AS "openCoreS", coalesce(p.mean_s, ${UNKNOWN_S}) AS "expectedS"
   FROM past p FULL JOIN now_used n USING (vo, grp, owner) ORDER BY 1, 2, 3`,
);

interface NodeRow {
  readonly vo: string;
  readonly grp: string;
  readonly owner: string;
  readonly weight: number;
  readonly burstCoreS: number;
  readonly shared: boolean;
}
interface Growing extends ShareNode {
  weight?: number;
  burstCoreS?: number;
  shared?: boolean;
  members: Record<string, Growing>;
}

export async function readShares(db: Sql): Promise<Shares> {
  const [nodes, use, halfLife] = await Promise.all([
    db.rows<NodeRow>(NODES),
    db.rows<OwnerUse>(USE),
    db.rows<{ halfLifeS: number }>(HALF_LIFE),
  ]);
  const root: Growing = { members: {} };
  for (const { vo, grp, owner, weight, burstCoreS, shared } of nodes) {
    const path = [vo, grp, owner].filter((name) => name !== '');
    Object.assign(path.reduce(memberOf, root), { weight, burstCoreS, shared });
  }
  return { tree: { members: root.members }, use, halfLifeS: halfLife[0]!.halfLifeS, expectedS: UNKNOWN_S };
}

function memberOf(node: Growing, name: string): Growing {
  if (!Object.hasOwn(node.members, name)) node.members[name] = { members: {} };
  return node.members[name]!;
}
