// VOs, users and their personal tokens.
import { ROLES } from '@pilotfish/model';
import { z } from 'zod';
import { instant, resourceName } from './primitives.ts';
import type { Route } from './route.ts';

const role = z.enum(ROLES);

export const voView = z.object({ name: z.string(), description: z.string(), weight: z.number() });
export type VoView = z.output<typeof voView>;

export const userView = z.object({ name: z.string(), vo: z.string().nullable(), group: z.string(), role });
export type UserView = z.output<typeof userView>;

export const tokenView = z.object({
  id: z.int(),
  user: z.string(),
  label: z.string(),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
});
export type TokenView = z.output<typeof tokenView>;

const newUser = z.strictObject({
  name: resourceName,
  vo: resourceName.nullable().default(null),
  group: resourceName.default('users'),
  role: role.default('user'),
});

export const peopleRoutes = {
  whoAmI: {
    id: 'whoAmI',
    method: 'GET',
    path: '/me',
    summary: 'Who the token speaks for',
    permission: 'people.self',
    status: 200,
    reply: userView,
  },
  listVos: {
    id: 'listVos',
    method: 'GET',
    path: '/vos',
    summary: 'Virtual organisations',
    permission: 'people.read',
    status: 200,
    reply: z.object({ vos: z.array(voView) }),
  },
  putVo: {
    id: 'putVo',
    method: 'PUT',
    path: '/vos/:name',
    summary: 'Create or change a VO',
    permission: 'people.manage',
    status: 200,
    body: z.strictObject({
      description: z.string().max(500).default(''),
      weight: z.number().positive().max(1e9).default(1),
    }),
    reply: voView,
  },
  listUsers: {
    id: 'listUsers',
    method: 'GET',
    path: '/users',
    summary: 'Users of your VO (all VOs for an operator)',
    permission: 'people.read',
    status: 200,
    reply: z.object({ users: z.array(userView) }),
  },
  addUser: {
    id: 'addUser',
    method: 'POST',
    path: '/users',
    summary: 'Add a user and issue a first personal token, shown once',
    permission: 'people.manage',
    status: 201,
    body: newUser,
    reply: z.object({ user: userView, token: z.string(), expiresAt: instant }),
  },
  issueToken: {
    id: 'issueToken',
    method: 'POST',
    path: '/users/:name/tokens',
    summary: 'Issue another personal token, shown once',
    permission: 'people.self',
    status: 201,
    body: z.strictObject({ label: z.string().max(100).default(''), days: z.int().min(1).max(400).default(30) }),
    reply: z.object({ id: z.int(), token: z.string() }),
  },
  listTokens: {
    id: 'listTokens',
    method: 'GET',
    path: '/users/:name/tokens',
    summary: 'Personal tokens, without their secrets',
    permission: 'people.self',
    status: 200,
    reply: z.object({ tokens: z.array(tokenView) }),
  },
  revokeToken: {
    id: 'revokeToken',
    method: 'DELETE',
    path: '/users/:name/tokens/:id',
    summary: 'Revoke a personal token at once',
    permission: 'people.self',
    status: 204,
  },
} as const satisfies Record<string, Route>;
