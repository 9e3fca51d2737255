// A VM whose agent and pilot are the test: ordered through the ledger, activated with a key pair of its own.
import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import {
  type Assignment,
  activationProofText,
  Client,
  JWT_BEARER,
  type Outcome,
  routes,
  WORKER_AUDIENCE,
} from '@pilotfish/api-contract';
import { activationKey } from '@pilotfish/identity';
import type { VmId } from '@pilotfish/model';
import type { RunningApi } from './running-api.fixture.ts';

const TOTAL = { processors: 4, memoryMb: 8192, diskMb: 10_240, gpus: 0 };

export const GOOD_END: Outcome = {
  result: 'done',
  minor: 'Execution Complete',
  exitCode: 0,
  reason: '',
  wallS: 1,
  cpuS: 1,
  maxRssMb: 1,
  outputSandbox: null,
};

export interface KeyPair {
  readonly privateKey: KeyObject;
  /** base64url of the 32 raw bytes */
  readonly publicKey: string;
}

export function aKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKey.export({ format: 'jwk' }).x! };
}

export type HandDrivenVm = Awaited<ReturnType<typeof anOrderedVm>>;

/** Booting, with an activation key good for `validS` seconds. */
export async function anOrderedVm(running: RunningApi, vo = 'biomed', validS = 600) {
  const { api, url, secrets } = running;
  const launch = { kind: 'launch', vo, profile: 'small', endpoint: 'here', because: 'a test' } as const;
  const { calls } = await api.fleet.order([launch], { maxVmsPerVo: 100 });
  const orderId = calls[0]!;
  const ticket = (await api.fleet.take(orderId))!;
  const vmId: VmId = ticket.vmId;
  const { key, hash } = activationKey();
  secrets.add(key.reveal());
  await api.fleet.setActivation(vmId, hash, validS);
  await api.fleet.launched(orderId, { vmId, providerId: `m-${vmId}`, status: 'active', createdAt: new Date() });

  const identity = aKeyPair();
  const pilotId = randomUUID() as string;
  let token: string | null = null;
  const client = new Client({ url, token: () => token });
  const theKey = key.reveal();

  return {
    vmId,
    pilotId,
    identity,
    client,
    activationKey: theKey,
    token: () => token,
    activate: (by: KeyPair = identity) => client.call(routes.activateVm, { body: activation(vmId, theKey, by) }),
    async logIn(by: KeyPair = identity): Promise<void> {
      const assertion = anAssertion(vmId, by.privateKey);
      secrets.add(assertion);
      const body = { grant_type: JWT_BEARER, assertion } as const;
      token = (await client.call(routes.workerToken, { body })).access_token;
      secrets.add(token);
    },
    beat: (attempts: { jobId: number; n: number; phase: 'starting' | 'running' }[] = []) =>
      client.call(routes.beatPilot, {
        params: { pilotId },
        body: {
          version: 'test',
          total: TOTAL,
          free: TOTAL,
          attempts: attempts.map((attempt) => ({ ...attempt, cpuS: 0, rssMb: 0, tail: '' })),
        },
      }),
    ask(more: { askId?: string; limit?: number; waitS?: number; signal?: AbortSignal } = {}) {
      const { signal, ...rest } = more;
      return client.call(routes.ask, {
        params: { pilotId },
        body: { askId: randomUUID(), total: TOTAL, free: TOTAL, platforms: [], limit: 4, waitS: 0, ...rest },
        ...(signal && { signal }),
        timeoutMs: 60_000,
      });
    },
    phase: (of: Assignment, phase: 'starting' | 'running' | 'completing', minor = 'Application') =>
      client.call(routes.attemptPhase, { params: keyOf(of), body: { phase, minor } }),
    sendLog: (of: Assignment, offset: number, bytes: Uint8Array, stream = 'stdout') =>
      client.call(routes.attemptLog, { params: { ...keyOf(of), stream, offset: String(offset) }, body: bytes }),
    end: (of: Assignment, outcome: Partial<Outcome> = {}) =>
      client.call(routes.attemptOutcome, { params: keyOf(of), body: { ...GOOD_END, ...outcome } }),
  };
}

/** Activated, with a token and a pilot that has beaten once. */
export async function aRunningVm(running: RunningApi, vo = 'biomed'): Promise<HandDrivenVm> {
  const vm = await anOrderedVm(running, vo);
  await vm.activate();
  await vm.logIn();
  await vm.beat();
  return vm;
}

/** Asks for one job and gives it, started. */
export async function startedJob(vm: HandDrivenVm): Promise<Assignment> {
  const { assignments } = await vm.ask({ limit: 1 });
  await vm.phase(assignments[0]!, 'running');
  return assignments[0]!;
}

export const keyOf = ({ jobId, n }: { jobId: number; n: number }) => ({ id: String(jobId), n: String(n) });

export function activation(vmId: string, key: string, { privateKey, publicKey }: KeyPair) {
  const text = activationProofText(vmId, key, publicKey);
  const proof = sign(null, Buffer.from(text), privateKey).toString('base64url');
  return { vmId, activationKey: key, publicKey, proof };
}

/** RFC 7523, valid for a minute. */
export function anAssertion(vmId: string, privateKey: KeyObject, audience: string = WORKER_AUDIENCE): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 60;
  const claims = { iss: vmId, sub: vmId, aud: audience, exp, jti: randomBytes(8).toString('hex') };
  const text = `${part({ alg: 'EdDSA' })}.${part(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}
