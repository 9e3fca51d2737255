// A small centre for tests: the worker routes over real HTTP, with answers that get lost when told to.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Assignment, Instructions, Outcome } from '@pilotfish/api-contract';

interface AskBody {
  readonly askId: string;
  readonly free: { readonly processors: number };
  readonly waitS: number;
}

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly part: Readonly<Record<string, string>>;
}

type Handler = (call: Call) => Promise<void> | void;

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export function anAssignment(jobId: number, changes: Partial<Assignment> & { run?: string[] } = {}): Assignment {
  const { run, payload, ...rest } = changes;
  const [executable = '/bin/true', ...args] = run ?? [];
  return {
    jobId,
    n: 1,
    name: `job-${jobId}`,
    owner: 'ada',
    granted: { processors: 1, memoryMb: 100, diskMb: 0, gpus: 0 },
    wallTimeS: 0,
    cpuTimeS: 86_400,
    ...rest,
    payload: {
      executable,
      arguments: args,
      environment: {},
      stdout: 'std.out',
      stderr: 'std.err',
      inputSandbox: null,
      outputSandbox: [],
      inputData: [],
      outputData: [],
      ...payload,
    },
  };
}

export class WorkerDoor {
  readonly asks: AskBody[] = [];
  readonly answers = new Map<string, Assignment[]>();
  readonly outcomes = new Map<string, Outcome>();
  /** Calls in the order they were taken: `phase 1.1`, `outcome 1.1`, `ask`. */
  readonly order: string[] = [];
  readonly logs = new Map<string, Buffer>();
  readonly outputs = new Map<string, Buffer>();
  readonly sandboxes = new Map<string, Buffer>();
  readonly beats: { attempts: { jobId: number; n: number }[] }[] = [];
  /** Attempts that somebody else owns by now. */
  readonly stale = new Set<string>();
  instructions: Instructions = { version: 1, vm: 'go-on', stop: [] };
  readonly #server: Server;
  #jobs: Assignment[] = [];
  #wake: (() => void)[] = [];
  #losses = new Map<string, number>();

  static async open(): Promise<WorkerDoor> {
    const door = new WorkerDoor();
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Puts jobs into the queue and wakes the held asks. */
  hand(...jobs: Assignment[]): void {
    this.#jobs.push(...jobs);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** The next `count` calls of this route take effect, but their answers are lost. */
  lose(route: string, count = 1): void {
    this.#losses.set(route, count);
  }

  text(jobId: number, stream: string): string {
    return this.logs.get(`${jobId}.1/${stream}`)?.toString() ?? '';
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? '').split('?')[0]!.replace('/api/v1/worker/', '');
    for (const [name, pattern, handler] of this.#routes) {
      const match = pattern.exec(path);
      if (match === null) continue;
      const end = response.end.bind(response);
      response.end = ((text: string) => {
        const losses = this.#losses.get(name) ?? 0;
        this.#losses.set(name, Math.max(0, losses - 1));
        return losses > 0 ? request.socket.destroy() : end(text);
      }) as never;
      return handler({ request, response, body: Buffer.concat(chunks), part: match.groups ?? {} });
    }
    refuse(response, 404, 'not-found');
  }

  readonly #routes: [string, RegExp, Handler][] = [
    ['ask', /^pilots\/[^/]+\/ask$/, (call) => this.#ask(call)],
    ['beat', /^pilots\/[^/]+\/beat$/, (call) => this.#beat(call)],
    ['phase', /^jobs\/(?<id>\d+)\/attempts\/(?<n>\d+)\/phase$/, (call) => this.#phase(call)],
    ['log', /^jobs\/(?<id>\d+)\/attempts\/(?<n>\d+)\/logs\/(?<stream>\w+)\/(?<offset>\d+)$/, (call) => this.#log(call)],
    ['output', /^jobs\/(?<id>\d+)\/attempts\/(?<n>\d+)\/output\/(?<digest>.+)$/, (call) => this.#output(call)],
    ['outcome', /^jobs\/(?<id>\d+)\/attempts\/(?<n>\d+)\/outcome$/, (call) => this.#outcome(call)],
    ['sandbox', /^sandboxes\/(?<digest>.+)$/, (call) => this.#sandbox(call)],
  ];

  async #ask({ response, body }: Call): Promise<void> {
    const ask = JSON.parse(body.toString()) as AskBody;
    this.asks.push(ask);
    this.order.push('ask');
    let gone = false;
    response.once('close', () => {
      gone = true;
    });
    const end = Date.now() + ask.waitS * 1000;
    while (!this.answers.has(ask.askId) && this.#jobs.length === 0 && Date.now() < end && !gone) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        response.once('close', resolve);
        setTimeout(resolve, end - Date.now()).unref();
      });
    }
    if (gone) return;
    if (!this.answers.has(ask.askId)) this.answers.set(ask.askId, this.#fill(ask.free.processors));
    reply(response, 200, { askId: ask.askId, assignments: this.answers.get(ask.askId) });
  }

  #fill(processors: number): Assignment[] {
    const given: Assignment[] = [];
    for (let left = processors; left >= (this.#jobs[0]?.granted.processors ?? Number.POSITIVE_INFINITY); ) {
      const job = this.#jobs.shift()!;
      left -= job.granted.processors;
      given.push(job);
    }
    return given;
  }

  #beat({ response, body }: Call): void {
    this.beats.push(JSON.parse(body.toString()));
    reply(response, 200, this.instructions);
  }

  #phase({ response, part }: Call): void {
    this.order.push(`phase ${part.id}.${part.n}`);
    if (this.stale.has(`${part.id}.${part.n}`)) refuse(response, 409, 'stale-attempt');
    else response.writeHead(204).end();
  }

  #log({ response, body, part }: Call): void {
    const key = `${part.id}.${part.n}/${part.stream}`;
    const had = this.logs.get(key) ?? Buffer.alloc(0);
    const offset = Number(part.offset);
    this.logs.set(key, Buffer.concat([had.subarray(0, offset), body, had.subarray(offset + body.length)]));
    response.writeHead(204).end();
  }

  #output({ response, body, part }: Call): void {
    const digest = decodeURIComponent(part.digest!);
    this.outputs.set(digest, body);
    if (digestOf(body) === digest) reply(response, 201, { digest, size: body.length });
    else refuse(response, 400, 'digest-mismatch');
  }

  #outcome({ response, body, part }: Call): void {
    const key = `${part.id}.${part.n}`;
    this.order.push(`outcome ${key}`);
    if (this.stale.has(key)) {
      refuse(response, 409, 'stale-attempt');
    } else {
      this.outcomes.set(key, JSON.parse(body.toString()) as Outcome);
      response.writeHead(204).end();
    }
  }

  #sandbox({ response, part }: Call): void {
    const bytes = this.sandboxes.get(decodeURIComponent(part.digest!));
    if (bytes === undefined) refuse(response, 404, 'not-found');
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes);
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const detail = `refused: ${code}`;
  reply(response, status, { type: 'about:blank', title: code, status, detail, code, requestId: 'r', errors: [] });
}
