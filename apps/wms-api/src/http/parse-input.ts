import type { Route } from '@pilotfish/api-contract';
import { type Flaw, WmsError } from '@pilotfish/model';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';

/** Checks query and body against the contract; every flaw at once, each with where it is. */
export function parseInput(route: Route, request: FastifyRequest): { params: unknown; query: unknown; body: unknown } {
  const flaws: Flaw[] = [];
  const check = (schema: z.ZodType | undefined, value: unknown, place: string): unknown => {
    if (schema === undefined) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      flaws.push({
        pointer: `${place}${issue.path.map((part) => `/${String(part)}`).join('')}`,
        detail: issue.message,
      });
    }
    return undefined;
  };
  const query = check(route.query, request.query, 'query');
  const body = check(route.body === 'bytes' ? undefined : route.body, request.body ?? {}, '#');
  if (flaws.length > 0)
    throw new WmsError('bad-request', `${route.id}: the request does not fit the contract; mend what is listed`, flaws);
  return { params: request.params, query, body };
}
