// The nodes that ask: clouds at the sites, one profile, and VMs as they stand in the ledger once their agent and pilot
// have come up. What they say to the service they say at its door, with tokens they got there.
import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { API_PREFIX, JWT_BEARER, routes, WORKER_AUDIENCE } from '@pilotfish/api-contract';
import type { Resources } from '@pilotfish/model';
import { httpRequest, type KeptConnection } from './kept-connection.ts';
import { NODE_PLATFORMS, siteName } from './snapshot-shape.ts';
import type { Stage } from './stage.ts';

export const VO = 'bench';
/** Sites with a cloud; the rest of the community's nodes are elsewhere. */
const CLOUDS = 20;
/** A site that no queue names. */
const NOWHERE = 'site-none';
const MB_PER_CORE = 2048;

export interface Node {
  readonly vmId: string;
  readonly pilotId: string;
  readonly platforms: readonly string[];
  readonly total: Resources;
}

export interface BenchFleet {
  /** Nodes that nobody has used yet. */
  take(): Node | undefined;
  /** A worker token, by an assertion signed with the VM's key (RFC 7523). */
  token(node: Node, connection: KeptConnection): Promise<string>;
}

/** The VO with its clouds and a profile that all jobs of the shape could run on. */
export async function prepareVo({ operator }: Stage): Promise<void> {
  await operator.call(routes.putVo, { params: { name: VO }, body: {} });
  const sites = [...Array.from({ length: CLOUDS }, (_, index) => siteName(index)), NOWHERE];
  for (const site of sites) {
    const body = { kind: 'local', site, maxVms: 100_000, maxProcessors: 10_000_000 };
    await operator.call(routes.putEndpoint, { params: { name: `cloud-${site}` }, body });
  }
  await operator.call(routes.putProfile, {
    params: { vo: VO, name: 'node' },
    body: {
      endpoints: sites.map((site) => `cloud-${site}`),
      capacity: { processors: 1024, memoryMb: 1024 * MB_PER_CORE, diskMb: 1_000_000 },
      platforms: [],
      maxVms: 10_000,
      maxLifeS: 30 * 86_400,
    },
  });
}

const VMS = `WITH made AS (
    INSERT INTO vm (id, vo, endpoint, profile, profile_version, state, processors, memory_mb, disk_mb, gpus, platforms,
      because, public_key, pilot_id, launched_at, activated_at, last_beat_at, idle_since)
    SELECT id, '${VO}', endpoint, 'node', (SELECT max(version) FROM profile WHERE vo = '${VO}' AND name = 'node'),
      'running', $4, $5, 100000, 0, '{}', 'a bench', $6, pilot, now(), now(), now(), now()
    FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t(id, pilot, endpoint)
  )
  INSERT INTO pilot (id, vm_id, version) SELECT pilot, id, 'bench' FROM unnest($1::uuid[], $2::uuid[]) AS t(id, pilot)`;

export interface FleetOptions {
  readonly count: number;
  readonly cores: number;
  /** `nowhere`: at a site that no queue names, so that nothing suits. */
  readonly at: 'sites' | 'nowhere';
}

export async function startFleet({ sql, url }: Stage, { count, cores, at }: FleetOptions): Promise<BenchFleet> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const total = { processors: cores, memoryMb: cores * MB_PER_CORE, diskMb: 100_000, gpus: 0 };
  const mix = NODE_PLATFORMS.flatMap(([platforms, eighths]) => Array.from({ length: eighths }, () => platforms));
  const nodes = Array.from({ length: count }, (_, index) => ({
    vmId: randomUUID() as string,
    pilotId: randomUUID() as string,
    platforms: mix[index % mix.length]!,
    total,
  }));
  const db = await sql.connect();
  try {
    // The pilots refer to VMs of the same statement.
    await db.query(VMS, [
      nodes.map(({ vmId }) => vmId),
      nodes.map(({ pilotId }) => pilotId),
      nodes.map((_, index) => `cloud-${at === 'nowhere' ? NOWHERE : siteName(index % CLOUDS)}`),
      cores,
      total.memoryMb,
      publicKey.export({ format: 'jwk' }).x,
    ]);
    await db.query('ANALYZE vm');
  } finally {
    db.release();
  }
  const origin = new URL(url).host;
  let next = 0;
  return {
    take: () => nodes[next++],
    token: (node, connection) => tokenOf(node, privateKey, connection, origin),
  };
}

async function tokenOf(node: Node, key: KeyObject, connection: KeptConnection, host: string): Promise<string> {
  const body = { grant_type: JWT_BEARER, assertion: assertionOf(node.vmId, key) };
  const path = `${API_PREFIX}${routes.workerToken.path}`;
  const { status, body: reply } = await connection.send(httpRequest({ method: 'POST', path, host, body }));
  if (status !== routes.workerToken.status) throw new Error(`no token for VM ${node.vmId}: ${status} ${reply}`);
  return (JSON.parse(reply) as { access_token: string }).access_token;
}

function assertionOf(vmId: string, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 60;
  const claims = { iss: vmId, sub: vmId, aud: WORKER_AUDIENCE, exp, jti: randomBytes(8).toString('hex') };
  const text = `${part({ alg: 'EdDSA' })}.${part(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}
