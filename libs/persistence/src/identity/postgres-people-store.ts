// VOs and users go through their entities; tokens are looked up at every call and are SQL (personal-tokens.ts).
import type { PeopleStore } from '@pilotfish/identity';
import { type User, type Vo, WmsError } from '@pilotfish/model';
import type { DataSource, EntityManager } from 'typeorm';
import type { Database, Sql } from '../database.ts';
import { userEntity } from '../entities/user.ts';
import { voEntity } from '../entities/vo.ts';
import { writeAudit } from './audit.ts';
import { callerOfToken, insertToken, issueToken, listTokens, revokeToken } from './personal-tokens.ts';

const UNIQUE = '23505';
const FOREIGN_KEY = '23503';

/** `source`: initialised, of the same database. */
export function postgresPeopleStore(db: Database, source: DataSource): PeopleStore {
  return {
    vos: () => source.getRepository(voEntity).find({ order: { name: 'ASC' } }),
    putVo: (vo, actor) => putVo(source, vo, actor),
    users: (vo) => source.getRepository(userEntity).find({ where: vo === null ? {} : { vo }, order: { name: 'ASC' } }),
    findUser: async (name) => (await source.getRepository(userEntity).findOneBy({ name })) ?? undefined,
    addUser: (user, token, actor) => addUser(source, user, token, actor),
    callerOfToken: (hash) => callerOfToken(db, hash),
    issueToken: (user, token, actor) => issueToken(db, user, token, actor),
    tokens: (user) => listTokens(db, user),
    revokeToken: (user, id, actor) => revokeToken(db, user, id, actor),
    audit: (actor, action, subject, detail) => writeAudit(db, actor, action, subject, detail),
  };
}

async function putVo(source: DataSource, vo: Vo, actor: string): Promise<void> {
  const { name, description, weight } = vo;
  await source.transaction(async (manager) => {
    await manager.getRepository(voEntity).upsert({ name, description, weight }, ['name']);
    await writeAudit(sqlOf(manager), actor, 'vo.put', name, { description, weight });
  });
}

async function addUser(
  source: DataSource,
  user: User,
  token: Parameters<PeopleStore['addUser']>[1],
  actor: string,
): Promise<number> {
  const { name, vo, group, role } = user;
  if (vo === null && role !== 'operator') {
    throw new WmsError('bad-request', `Name a VO for ${name}; only an operator goes without.`);
  }
  try {
    return await source.transaction(async (manager) => {
      await manager.getRepository(userEntity).insert({ name, vo, group, role });
      const tx = sqlOf(manager);
      const id = await insertToken(tx, name, token);
      await writeAudit(tx, actor, 'user.add', name, { vo, group, role, token: id });
      return id;
    });
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === UNIQUE) throw new WmsError('already-exists', `There is a user ${name} already; take another name.`);
    if (code === FOREIGN_KEY) throw new WmsError('unknown-vo', `There is no VO ${vo}; create it first.`);
    throw error;
  }
}

/** The manager's transaction, for statements that run elsewhere through the pool. None of them is an UPDATE or DELETE. */
function sqlOf(manager: EntityManager): Sql {
  return { rows: (statement, values) => manager.query(statement.text, values as unknown[]) };
}
