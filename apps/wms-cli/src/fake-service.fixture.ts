// A small service for tests of the CLI: the contract's own routes over HTTP, every message checked by its schema.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  API_PREFIX,
  type ParsedBody,
  type ParsedQuery,
  type Problem,
  type Reply,
  type Route,
  type RouteId,
  routes,
} from '@pilotfish/api-contract';

export interface Call<Id extends RouteId> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: ParsedQuery<(typeof routes)[Id]>;
  readonly body: ParsedBody<(typeof routes)[Id]>;
  readonly bytes: Uint8Array;
  readonly idempotencyKey: string | undefined;
}

type Answer<Id extends RouteId> = (typeof routes)[Id] extends { reply: 'bytes' }
  ? Uint8Array
  : Reply<(typeof routes)[Id]>;
export type Handlers = { [Id in RouteId]?: (call: Call<Id>) => Answer<Id> | Promise<Answer<Id>> };
type AnyHandler = (call: Call<RouteId>) => unknown;

/** Thrown by a handler: `drop` closes the connection without an answer. */
export class Refusal extends Error {
  readonly problem: Problem | 'drop';
  constructor(problem: 'drop' | (Pick<Problem, 'status' | 'code' | 'detail'> & Partial<Problem>)) {
    super(problem === 'drop' ? 'drop' : problem.detail);
    const rest = { type: 'about:blank', title: 'refused', requestId: 'r-1', errors: [] };
    this.problem = problem === 'drop' ? problem : { ...rest, ...problem };
  }
}

export const TOKEN = 'secret-token';

export interface FakeService {
  readonly url: string;
  /** Ids of the routes called, in order. */
  readonly calls: RouteId[];
  close(): Promise<void>;
}

/** Loopback, on a free port; every call needs TOKEN. */
export async function startFakeService(handlers: Handlers): Promise<FakeService> {
  const calls: RouteId[] = [];
  const server = createServer((request, response) => {
    answer(request, handlers, calls)
      .then((reply) => send(response, reply.status, reply.body))
      .catch((error: unknown) => refuse(response, error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, handlers: Handlers, calls: RouteId[]) {
  const bytes = new Uint8Array(await buffer(request));
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { id, route, params } = find(request.method ?? '', url.pathname);
  if (request.headers.authorization !== `Bearer ${TOKEN}`)
    throw new Refusal({ status: 401, code: 'unauthenticated', detail: 'this token is not valid' });
  calls.push(id);
  const handler = handlers[id] as AnyHandler | undefined;
  if (!handler) throw new Refusal({ status: 404, code: 'not-found', detail: `the test has no ${id}` });
  const key = request.headers['idempotency-key'];
  const call = {
    params,
    bytes,
    query: route.query && checked('query', () => (route.query as { parse(v: unknown): unknown }).parse(queryOf(url))),
    body: typeof route.body === 'object' ? checked('body', () => bodyOf(route, bytes)) : undefined,
    idempotencyKey: typeof key === 'string' ? key : undefined,
  } as unknown as Call<RouteId>;
  const reply: unknown = await handler(call);
  return { status: route.status, body: typeof route.reply === 'object' ? route.reply.parse(reply) : reply };
}

function find(method: string, path: string): { id: RouteId; route: Route; params: Record<string, string> } {
  for (const [id, route] of Object.entries(routes) as [RouteId, Route][]) {
    const pattern = `^${API_PREFIX}${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`;
    const found = route.method === method ? new RegExp(pattern).exec(path) : null;
    if (found) {
      const params = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
      return { id, route, params: Object.fromEntries(params) };
    }
  }
  throw new Refusal({ status: 404, code: 'not-found', detail: `no route ${method} ${path}` });
}

function queryOf({ searchParams }: URL): Record<string, string | string[]> {
  const names = [...new Set(searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}

function bodyOf(route: Route, bytes: Uint8Array): unknown {
  return (route.body as { parse(v: unknown): unknown }).parse(JSON.parse(Buffer.from(bytes).toString()));
}

function checked(what: string, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    throw new Refusal({ status: 400, code: 'bad-request', detail: `bad ${what}: ${String(error)}` });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  if (body instanceof Uint8Array) response.end(body);
  else
    response.setHeader('content-type', 'application/json').end(body === undefined ? undefined : JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown): void {
  const { problem } =
    error instanceof Refusal ? error : new Refusal({ status: 500, code: 'internal', detail: String(error) });
  if (problem === 'drop') response.destroy();
  else send(response, problem.status, problem);
}
