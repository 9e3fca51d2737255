import { type Caller, ROLES, type User, type VmId, WmsError } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorise, authoriseOver, manageScope, may, type Permission, readScope } from './permissions.ts';

const PERMISSIONS = [
  'public',
  'jobs.submit',
  'jobs.read',
  'jobs.manage',
  'sandboxes.use',
  'fleet.read',
  'fleet.manage',
  'profiles.manage',
  'people.read',
  'people.manage',
  'people.self',
  'worker',
] as const satisfies readonly Permission[];

const VM_ID = '0b1de0c8-8f5e-4a53-9c1c-0d6a1a6c2f11' as VmId;
const vm = (vo: string): Caller => ({ kind: 'vm', vmId: VM_ID, vo });
const person = (role: User['role'], vo: string | null, name = 'ann'): User => ({ name, vo, group: 'users', role });
const user = (role: User['role'], vo: string | null, name = 'ann'): Caller => ({
  kind: 'user',
  ...person(role, vo, name),
});

const vos = fc.constantFrom('biomed', 'astro', 'climate');
const names = fc.constantFrom('ann', 'ben', 'constructor');
const roles = fc.constantFrom(...ROLES);
const permissions = fc.constantFrom(...PERMISSIONS);
const callers: fc.Arbitrary<Caller> = fc.oneof(
  vos.map(vm),
  fc.tuple(roles, fc.option(vos), names).map(([role, vo, name]) => user(role, vo, name)),
);
const allowed = (act: () => unknown): boolean => {
  try {
    act();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(WmsError);
    expect(['forbidden', 'wrong-vo']).toContain((error as WmsError).code);
    return false;
  }
};

describe('the table of permissions', () => {
  it('never lets a caller of one VO into another', () => {
    fc.assert(
      fc.property(callers, permissions, fc.option(vos), fc.option(names), (caller, permission, vo, owner) => {
        fc.pre(permission !== 'public' && vo !== caller.vo && !(caller.kind === 'user' && caller.role === 'operator'));
        expect(allowed(() => authorise(caller, permission, { vo, ...(owner === null ? {} : { owner }) }))).toBe(false);
      }),
    );
  });

  it('never gives a VM what people may, nor people what VMs may', () => {
    fc.assert(
      fc.property(callers, permissions, (caller, permission) => {
        const forVms = permission === 'worker';
        if (permission !== 'public' && forVms !== (caller.kind === 'vm')) expect(may(caller, permission)).toBe(false);
      }),
    );
    expect(may(vm('biomed'), 'worker')).toBe(true);
    expect(allowed(() => readScope(vm('biomed')))).toBe(false);
  });

  it('refuses exactly what may() denies, before it looks at what is touched', () => {
    fc.assert(
      fc.property(callers, permissions, (caller, permission) => {
        expect(allowed(() => authorise(caller, permission))).toBe(may(caller, permission));
      }),
    );
  });

  it('restricts every scope to the own VO, except for operators', () => {
    fc.assert(
      fc.property(callers, fc.constantFrom(readScope, manageScope), (caller, scope) => {
        if (!allowed(() => scope(caller))) return;
        const isOperator = caller.kind === 'user' && caller.role === 'operator';
        expect(scope(caller).vo).toBe(isOperator ? undefined : caller.vo);
        if (!isOperator) expect(caller.vo).toEqual(expect.any(String));
      }),
    );
  });

  it('gives nothing to a user without a VO', () => {
    for (const permission of PERMISSIONS) expect(may(user('user', null), permission)).toBe(permission === 'public');
  });
});

describe('a user', () => {
  const ann = user('user', 'biomed');
  it('reads the jobs of the VO and manages only the own ones', () => {
    expect(readScope(ann)).toEqual({ vo: 'biomed' });
    expect(manageScope(ann)).toEqual({ vo: 'biomed', owner: 'ann' });
    expect(() => authorise(ann, 'jobs.read', { vo: 'biomed', owner: 'ben' })).not.toThrow();
    expect(() => authorise(ann, 'jobs.manage', { vo: 'biomed', owner: 'ann' })).not.toThrow();
    expect(() => authorise(ann, 'jobs.manage', { vo: 'biomed', owner: 'ben' })).toThrow('This belongs to ben');
  });

  it('hears which VO something belongs to', () => {
    expect(() => authorise(ann, 'jobs.read', { vo: 'astro' })).toThrow(
      expect.objectContaining({ code: 'wrong-vo', message: 'This belongs to VO astro, and you act for biomed.' }),
    );
  });
});

describe('a VO admin', () => {
  const admin = user('vo-admin', 'biomed', 'ada');
  it('manages the VO: jobs, VMs, profiles and people', () => {
    expect(manageScope(admin)).toEqual({ vo: 'biomed' });
    for (const permission of ['jobs.manage', 'fleet.manage', 'profiles.manage', 'people.manage'] as const) {
      expect(() => authorise(admin, permission, { vo: 'biomed', owner: 'ben' })).not.toThrow();
    }
  });

  it('does not touch what belongs to no VO: endpoints, and the VOs with their shares', () => {
    expect(() => authorise(admin, 'fleet.manage', { vo: null })).toThrow('Only an operator');
    expect(() => authorise(admin, 'people.manage', { vo: null })).toThrow('Only an operator');
    expect(() => authorise(user('operator', null), 'people.manage', { vo: null })).not.toThrow();
  });

  it('can reach no rights above the own ones through other people', () => {
    expect(() => authoriseOver(admin, person('user', 'biomed', 'ben'))).not.toThrow();
    expect(() => authoriseOver(admin, person('operator', 'biomed', 'root'))).toThrow('root is an operator');
    expect(() => authoriseOver(admin, person('operator', null, 'root'))).toThrow('Only an operator');
    expect(() => authoriseOver(user('operator', null, 'root'), person('operator', 'biomed', 'ben'))).not.toThrow();
    expect(() => authoriseOver(admin, person('user', 'astro', 'ben'))).toThrow('VO astro');
  });
});

it('everybody holds the own tokens, and nobody else does', () => {
  fc.assert(
    fc.property(roles, vos, names, names, (role, vo, name, other) => {
      expect(allowed(() => authoriseOver(user(role, vo, name), person(role, vo, name)))).toBe(true);
      if (role === 'user' && other !== name) {
        expect(allowed(() => authoriseOver(user(role, vo, name), person(role, vo, other)))).toBe(false);
      }
    }),
  );
});
