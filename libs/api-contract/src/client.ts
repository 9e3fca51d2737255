// The typed client of every program that talks to the service: CLI, agent and pilot.
import { type Problem, problem } from './problem.ts';
import { API_PREFIX, type Body, type Params, type Query, type Reply, type Route } from './route.ts';

/** The service said no: carries its problem details. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;
  constructor(body: Problem) {
    super(body.detail);
    this.problem = body;
  }
}

/** No answer came: it is unknown whether the call took effect. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

type Arguments<R extends Route> = (keyof Params<R> extends never ? { params?: undefined } : { params: Params<R> }) &
  (Query<R> extends undefined ? { query?: undefined } : { query?: Query<R> }) &
  (Body<R> extends undefined ? { body?: undefined } : { body: Body<R> }) & {
    idempotencyKey?: string;
    signal?: AbortSignal;
    /** Milliseconds until the call counts as unanswered; 30,000 unless told. */
    timeoutMs?: number;
  };

export interface ClientOptions {
  /** Origin of the service, e.g. http://127.0.0.1:8440 */
  readonly url: string;
  /** Asked before every call, so that a renewed token is used at once. */
  readonly token?: () => string | null | Promise<string | null>;
  readonly fetch?: typeof fetch;
}

export class Client {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Calls a JSON route; throws ApiError for a refusal and NoAnswerError when nothing came back. */
  async call<R extends Route>(route: R, args: Arguments<R>): Promise<Reply<R>> {
    const response = await this.#send(route, args);
    if (route.reply === undefined || response.status === 204) return undefined as Reply<R>;
    return (await this.#body(() => response.json())) as Reply<R>;
  }

  /** Calls a route that answers with bytes. */
  async bytes<R extends Route>(route: R, args: Arguments<R>): Promise<Uint8Array> {
    const response = await this.#send(route, args);
    return new Uint8Array(await this.#body(() => response.arrayBuffer()));
  }

  async #send<R extends Route>(route: R, args: Arguments<R>): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    const token = await this.#options.token?.();
    if (token) headers.authorization = `Bearer ${token}`;
    if (args.idempotencyKey) headers['idempotency-key'] = args.idempotencyKey;
    let body: string | Uint8Array | undefined;
    if (args.body instanceof Uint8Array) {
      headers['content-type'] = 'application/octet-stream';
      body = args.body;
    } else if (args.body !== undefined) {
      headers['content-type'] = 'application/json';
      body = JSON.stringify(args.body);
    }
    const timeout = AbortSignal.timeout(args.timeoutMs ?? 30_000);
    const response = await this.#body(() =>
      (this.#options.fetch ?? fetch)(this.#options.url + pathOf(route, args.params, args.query as object | undefined), {
        method: route.method,
        headers,
        signal: args.signal ? AbortSignal.any([args.signal, timeout]) : timeout,
        ...(body === undefined ? {} : { body }),
      }),
    );
    if (response.ok) return response;
    throw new ApiError(await readProblem(response));
  }

  async #body<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      throw new NoAnswerError(`no answer from ${this.#options.url}: ${reasonOf(cause)}`, { cause });
    }
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}

function pathOf(route: Route, params: object | undefined, query: object | undefined): string {
  const values = new Map(Object.entries(params ?? {}).map(([name, value]) => [name, String(value)]));
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values.get(name) ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, String(one));
  }
  return `${API_PREFIX}${path}${search.size > 0 ? `?${search}` : ''}`;
}

async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '');
  try {
    return problem.parse(JSON.parse(text));
  } catch {
    return {
      type: 'about:blank',
      title: response.statusText,
      status: response.status,
      detail: `the service answered ${response.status} ${response.statusText}`,
      code: 'internal',
      requestId: '',
      errors: [],
    };
  }
}
