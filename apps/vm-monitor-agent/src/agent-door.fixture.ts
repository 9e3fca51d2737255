// A small centre for tests of the agent: it checks proofs and assertions as the real one does, and holds orders.
import { createPublicKey, verify } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { activationProofText, type Instructions, WORKER_AUDIENCE } from '@pilotfish/api-contract';
import { jwtVerify } from 'jose';

interface Activation {
  readonly vmId: string;
  readonly activationKey: string;
  readonly publicKey: string;
  readonly proof: string;
}

interface Beat {
  readonly health: { readonly pilotRunning: boolean };
  readonly logTail: string;
}

export const ACTIVATION_KEY = 'k'.repeat(43);

export class AgentDoor {
  readonly activations: Activation[] = [];
  readonly beats: Beat[] = [];
  readonly assertions = new Set<string>();
  readonly halts: string[] = [];
  instructions: Instructions = { version: 1, vm: 'go-on', stop: [] };
  /** What `POST /worker/halt` says. */
  mayHalt = true;
  /** Code of the refusal of every token, once the VM is retired. */
  retired: string | undefined;
  refuseActivation = false;
  isolatedAfterS = 60;
  tokenLifeS = 300;
  /** Answers to cut off before anything goes well. */
  cuts = 0;
  readonly #server: Server;
  #wake: (() => void)[] = [];
  #minted = 0;

  static async open(): Promise<AgentDoor> {
    const door = new AgentDoor();
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (this.cuts > 0) {
        this.cuts -= 1;
        request.socket.destroy();
        return;
      }
      const url = new URL(request.url ?? '', 'http://door');
      const text = Buffer.concat(chunks).toString();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      await this.#answer(url, body, request.headers.authorization, response);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get minted(): number {
    return this.#minted;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  order(vm: Instructions['vm']): void {
    this.instructions = { ...this.instructions, version: this.instructions.version + 1, vm };
    for (const wake of this.#wake.splice(0)) wake();
  }

  async #answer(url: URL, body: unknown, authorization: string | undefined, response: ServerResponse): Promise<void> {
    const path = url.pathname.replace('/api/v1/worker/', '');
    if (path === 'activate') return this.#activate(body as Activation, response);
    if (path === 'token') return this.#token((body as { assertion: string }).assertion, response);
    if (this.retired !== undefined || authorization !== `Bearer token-${this.#minted}`) {
      return refuse(response, 401, 'unauthenticated');
    }
    if (path === 'beat') {
      this.beats.push(body as Beat);
      return reply(response, this.instructions);
    }
    if (path === 'instructions') return this.#hold(url, response);
    this.halts.push((body as { reason: string }).reason);
    return reply(response, { halt: this.mayHalt });
  }

  #activate(body: Activation, response: ServerResponse): void {
    this.activations.push(body);
    const text = activationProofText(body.vmId, body.activationKey, body.publicKey);
    const proven = verify(null, Buffer.from(text), this.#publicKey(), Buffer.from(body.proof, 'base64url'));
    if (this.refuseActivation || !proven || body.activationKey !== ACTIVATION_KEY) {
      refuse(response, 403, 'activation-refused');
      return;
    }
    reply(response, {
      vmId: body.vmId,
      vo: 'astro',
      profile: 'small',
      endpoint: 'local',
      capacity: { processors: 2, memoryMb: 1000, diskMb: 1000, gpus: 0 },
      environment: {},
      beatS: 0.2,
      isolatedAfterS: this.isolatedAfterS,
    });
  }

  async #token(assertion: string, response: ServerResponse): Promise<void> {
    if (this.retired !== undefined) return refuse(response, 401, this.retired);
    const { payload } = await jwtVerify(assertion, this.#publicKey(), {
      audience: WORKER_AUDIENCE,
      requiredClaims: ['jti'],
    });
    if (this.assertions.has(payload.jti!) || payload.iss !== payload.sub)
      return refuse(response, 401, 'unauthenticated');
    this.assertions.add(payload.jti!);
    this.#minted += 1;
    reply(response, { access_token: `token-${this.#minted}`, token_type: 'Bearer', expires_in: this.tokenLifeS });
  }

  async #hold(url: URL, response: ServerResponse): Promise<void> {
    const version = Number(url.searchParams.get('version'));
    const end = Date.now() + Number(url.searchParams.get('waitS')) * 1000;
    while (this.instructions.version <= version && Date.now() < end) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        setTimeout(resolve, end - Date.now()).unref();
      });
    }
    reply(response, this.instructions);
  }

  #publicKey() {
    const x = this.activations.at(-1)?.publicKey ?? '';
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  }
}

function reply(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = { type: 'about:blank', title: code, status, detail: 'refused', code, requestId: 'r', errors: [] };
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
}
