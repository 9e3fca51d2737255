// Who may do what: one table of roles, permissions and how far each reaches. Everything else here only reads it.
import { type Caller, type Role, type User, WmsError } from '@pilotfish/model';

export type Permission =
  | 'public'
  | 'jobs.submit'
  | 'jobs.read'
  | 'jobs.manage'
  | 'sandboxes.use'
  | 'fleet.read'
  | 'fleet.manage'
  | 'profiles.manage'
  | 'people.read'
  | 'people.manage'
  | 'people.self'
  | 'worker';

/** `own`: what belongs to the caller; `vo`: all of the caller's VO; `all`: every VO, and what belongs to none. */
type Reach = 'own' | 'vo' | 'all';
type Grants = Readonly<Partial<Record<Permission, Reach>>>;

const USER = {
  'jobs.submit': 'own',
  'jobs.read': 'vo',
  'jobs.manage': 'own',
  'sandboxes.use': 'own',
  'fleet.read': 'vo',
  'people.self': 'own',
} as const satisfies Grants;

const GRANTS: Readonly<Record<Role | 'vm', Grants>> = {
  user: USER,
  'vo-admin': {
    ...USER,
    'jobs.manage': 'vo',
    'fleet.manage': 'vo',
    'profiles.manage': 'vo',
    'people.read': 'vo',
    'people.manage': 'vo',
  },
  operator: {
    'jobs.submit': 'all',
    'jobs.read': 'all',
    'jobs.manage': 'all',
    'sandboxes.use': 'all',
    'fleet.read': 'all',
    'fleet.manage': 'all',
    'profiles.manage': 'all',
    'people.read': 'all',
    'people.manage': 'all',
    'people.self': 'all',
  },
  vm: { worker: 'vo' },
};

/** What is touched. `vo: null` is what belongs to no VO (endpoints, the list of VOs): only a reach of `all` covers it. */
export interface Touched {
  readonly vo?: string | null;
  readonly owner?: string;
}

/** Rows a caller may reach; absent fields don't restrict. */
export interface Scope {
  readonly vo?: string;
  readonly owner?: string;
}

export function may(caller: Caller, permission: Permission): boolean {
  return permission === 'public' || reachOf(caller, permission) !== undefined;
}

/** Throws WmsError `forbidden` (role or owner) or `wrong-vo`. Bulk calls also restrict their rows by a scope. */
export function authorise(caller: Caller, permission: Permission, what: Touched = {}): void {
  if (permission === 'public') return;
  const reach = neededReach(caller, permission);
  if (reach === 'all') return;
  if (what.vo === null) throw new WmsError('forbidden', `Only an operator has ${permission} outside the VOs; ask one.`);
  if (what.vo !== undefined && what.vo !== caller.vo) {
    throw new WmsError('wrong-vo', `This belongs to VO ${what.vo}, and you act for ${caller.vo ?? 'no VO'}.`);
  }
  if (reach === 'own' && what.owner !== undefined && (caller.kind === 'vm' || what.owner !== caller.name)) {
    throw new WmsError('forbidden', `This belongs to ${what.owner}; ask ${what.owner} or an administrator of your VO.`);
  }
}

/** Whose jobs, VMs and pilots the caller sees. Throws WmsError `forbidden` for a caller who sees none. */
export const readScope = (caller: Caller): Scope => scopeOf(caller, 'jobs.read');

/** Whose jobs the caller may kill, reschedule and delete. Throws WmsError `forbidden` for a caller who may none. */
export const manageScope = (caller: Caller): Scope => scopeOf(caller, 'jobs.manage');

/**
 * For calls on a person: that person's tokens, or adding him. Oneself, or one in the reach of `people.manage`; but only
 * an operator makes operators and touches their tokens, since a token is all of its user's rights.
 * Throws WmsError `forbidden` or `wrong-vo`.
 */
export function authoriseOver(caller: Caller, person: User): void {
  if (caller.kind === 'user' && caller.name === person.name && may(caller, 'people.self')) return;
  authorise(caller, 'people.manage', { vo: person.vo });
  if (person.role === 'operator' && reachOf(caller, 'people.manage') !== 'all') {
    throw new WmsError('forbidden', `${person.name} is an operator; only an operator may do this.`);
  }
}

function scopeOf(caller: Caller, permission: Permission): Scope {
  const reach = neededReach(caller, permission);
  if (reach === 'all') return {};
  if (caller.vo === null || caller.kind === 'vm') throw refusal(caller, permission);
  return reach === 'vo' ? { vo: caller.vo } : { vo: caller.vo, owner: caller.name };
}

function neededReach(caller: Caller, permission: Permission): Reach {
  const reach = reachOf(caller, permission);
  if (reach === undefined) throw refusal(caller, permission);
  return reach;
}

function reachOf(caller: Caller, permission: Permission): Reach | undefined {
  const grants = GRANTS[caller.kind === 'vm' ? 'vm' : caller.role];
  const reach = Object.hasOwn(grants, permission) ? grants[permission] : undefined;
  // Without a VO there is nothing of one's VO: such a row is a mistake and gets nothing.
  return reach !== 'all' && caller.vo === null ? undefined : reach;
}

function refusal(caller: Caller, permission: Permission): WmsError {
  const who = caller.kind === 'vm' ? 'A VM' : `${caller.name} (${caller.role})`;
  return new WmsError('forbidden', `${who} has no permission ${permission}; ask an administrator of your VO for it.`);
}
