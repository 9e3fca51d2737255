// Fair share: who should get what part of the machines, and who got it.
import { z } from 'zod';
import { resourceName } from './primitives.ts';
import type { Route } from './route.ts';

export const shareView = z.object({
  vo: z.string(),
  group: z.string().nullable(),
  owner: z.string().nullable().describe('null: the group, or the VO'),
  weight: z.number(),
  shared: z.boolean().describe('a group whose users share one turn'),
  target: z.number().describe('part of everything that it should get'),
  actual: z.number().describe('its part of what was used'),
  usedCoreS: z.number().describe('core-seconds used, with a half-life'),
  debtCoreS: z.number().describe('core-seconds by which it is behind its siblings; below zero: ahead'),
});
export type ShareView = z.output<typeof shareView>;

const shareWrite = z
  .strictObject({
    group: resourceName,
    owner: resourceName.optional().describe('absent: the group itself'),
    weight: z.number().min(0).max(1e9).optional().describe('against its siblings; 0: only when nothing else fits'),
    burstCoreS: z.number().min(0).max(1e12).optional().describe('core-seconds to catch up after a rest'),
    shared: z.boolean().optional(),
  })
  .refine(({ owner, shared }) => owner === undefined || shared !== true, {
    message: 'only a group can be shared',
    path: ['shared'],
  });

const shares = z.object({ shares: z.array(shareView) });

export const shareRoutes = {
  listShares: {
    id: 'listShares',
    method: 'GET',
    path: '/shares',
    summary: 'Target, use and debt of VOs, groups and users',
    permission: 'jobs.read',
    status: 200,
    query: z.object({ vo: resourceName.optional() }),
    reply: shares,
  },
  putShares: {
    id: 'putShares',
    method: 'PUT',
    path: '/vos/:vo/shares',
    summary: 'Set weights of groups and users; what is not named stays as it is',
    permission: 'people.manage',
    status: 200,
    body: z.strictObject({ shares: z.array(shareWrite).min(1).max(1000) }),
    reply: shares,
  },
} as const satisfies Record<string, Route>;
