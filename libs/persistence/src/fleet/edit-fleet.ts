// What administrators write: profiles (each change a new version) and endpoints.
import { type CloudEndpoint, type VmProfile, WmsError } from '@pilotfish/model';
import type { DataSource } from 'typeorm';
import { type Database, sql } from '../database.ts';
import { endpointEntity } from '../entities/endpoint.ts';

type ProfileText = Omit<VmProfile, 'vo' | 'name' | 'version'>;

const LOCK_VO = sql('profile_lock_vo', 'SELECT 1 FROM vo WHERE name = $1 FOR UPDATE');
const ENDPOINTS = sql('profile_endpoints', 'SELECT name FROM endpoint WHERE name = ANY($1::text[])');
const PUT = sql(
  'put_profile',
  `INSERT INTO profile (vo, name, version, spec, created_by)
   SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4 FROM profile WHERE vo = $1 AND name = $2 RETURNING version`,
);
const RETIRE = sql(
  'retire_profile',
  'UPDATE profile SET retired_at = now() WHERE vo = $1 AND name = $2 AND retired_at IS NULL RETURNING version',
);
const AUDIT = sql('audit_fleet', 'INSERT INTO audit (actor, action, subject, detail) VALUES ($1, $2, $3, $4)');

export async function putProfile(
  db: Database,
  vo: string,
  name: string,
  spec: ProfileText,
  actor: string,
): Promise<VmProfile> {
  return db.transaction(async (tx) => {
    if ((await tx.rows(LOCK_VO, [vo])).length === 0)
      throw new WmsError('unknown-vo', `there is no VO ${vo}; an operator adds it`);
    const known = await tx.rows<{ name: string }>(ENDPOINTS, [spec.endpoints]);
    const missing = spec.endpoints.filter((endpoint) => !known.some((row) => row.name === endpoint));
    if (missing.length > 0)
      throw new WmsError('not-found', `there is no endpoint ${missing.join(', ')}; see \`wms endpoint list\``);
    const [row] = await tx.rows<{ version: number }>(PUT, [vo, name, JSON.stringify(spec), actor]);
    await tx.rows(AUDIT, [actor, 'profile.put', `${vo}/${name}`, JSON.stringify({ version: row!.version })]);
    return { ...spec, vo, name, version: row!.version };
  });
}

export async function retireProfile(db: Database, vo: string, name: string, actor: string): Promise<void> {
  await db.transaction(async (tx) => {
    const rows = await tx.rows(RETIRE, [vo, name]);
    if (rows.length === 0) throw new WmsError('unknown-profile', `VO ${vo} has no profile ${name}`);
    await tx.rows(AUDIT, [actor, 'profile.retire', `${vo}/${name}`, '{}']);
  });
}

export async function putEndpoint(source: DataSource, endpoint: CloudEndpoint, actor: string): Promise<void> {
  await source.transaction(async (manager) => {
    await manager.getRepository(endpointEntity).save(endpoint);
    await manager.query('INSERT INTO audit (actor, action, subject) VALUES ($1, $2, $3)', [
      actor,
      'endpoint.put',
      endpoint.name,
    ]);
  });
}
