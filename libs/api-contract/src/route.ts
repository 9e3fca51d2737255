// One row per HTTP call: server, client and OpenAPI document are all made from it.
import type { z } from 'zod';

/** What a caller must be allowed to do; who is allowed stands in libs/identity. */
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

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Route {
  readonly id: string;
  readonly method: Method;
  /** Below /api/v1; parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly permission: Permission;
  readonly status: number;
  readonly query?: z.ZodType;
  /** A schema, or `bytes` for a raw stream. */
  readonly body?: z.ZodType | 'bytes';
  readonly reply?: z.ZodType | 'bytes';
  /** Honours the Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header). */
  readonly idempotent?: boolean;
}

type Names<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? Names<Head> | Names<Tail>
  : Path extends `:${infer Name}`
    ? Name
    : never;

export type Params<R extends Route> = { readonly [Name in Names<R['path']>]: string };
export type Query<R extends Route> = R['query'] extends z.ZodType ? z.input<R['query']> : undefined;
export type ParsedQuery<R extends Route> = R['query'] extends z.ZodType ? z.output<R['query']> : undefined;
export type Body<R extends Route> = R['body'] extends z.ZodType
  ? z.input<R['body']>
  : R['body'] extends 'bytes'
    ? Uint8Array
    : undefined;
export type ParsedBody<R extends Route> = R['body'] extends z.ZodType ? z.output<R['body']> : undefined;
export type Reply<R extends Route> = R['reply'] extends z.ZodType ? z.output<R['reply']> : undefined;

export const API_PREFIX = '/api/v1';
