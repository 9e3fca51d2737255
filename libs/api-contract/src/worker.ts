// The worker door: all that an agent or pilot on a VM may say. The VM and its VO come from the verified token.
import { z } from 'zod';
import { vmHealth } from './fleet.ts';
import { digest, jobId, resources, uuid } from './primitives.ts';
import type { Route } from './route.ts';

/** `proof`: base64url Ed25519 signature of `activationProofText` with the private half of `publicKey`. */
export const activateBody = z.strictObject({
  vmId: uuid,
  activationKey: z.string().min(32).max(128),
  publicKey: z.string().max(200).describe('Ed25519 public key, base64url of its 32 raw bytes (JWK `x`)'),
  proof: z.string().max(200),
});

export const activationProofText = (vmId: string, activationKey: string, publicKey: string): string =>
  `pilotfish-activate-v1\n${vmId}\n${activationKey}\n${publicKey}`;

/** What the VM needs to know of itself; it never changes during its life. */
export const vmBrief = z.object({
  vmId: uuid,
  vo: z.string(),
  profile: z.string(),
  endpoint: z.string(),
  capacity: resources,
  environment: z.record(z.string(), z.string()),
  beatS: z.number(),
  isolatedAfterS: z.number(),
});
export type VmBrief = z.output<typeof vmBrief>;

/** RFC 7523: a JWT (EdDSA) with iss = sub = VM id, aud = WORKER_AUDIENCE, exp ≤ 5 min, a jti. */
export const WORKER_AUDIENCE = 'pilotfish-worker';
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const tokenBody = z.strictObject({ grant_type: z.literal(JWT_BEARER), assertion: z.string().max(4000) });
export const tokenReply = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number(),
});

export const attemptRef = z.object({ jobId, n: z.int().min(1) });
export type AttemptRef = z.output<typeof attemptRef>;

/** Orders for the VM. `version` grows with every change, so that a held call returns only for news. */
export const instructions = z.object({
  version: z.int(),
  vm: z.enum(['go-on', 'drain', 'halt']),
  stop: z.array(attemptRef.extend({ reason: z.string() })).describe('attempts to end now: killed, or no longer yours'),
});
export type Instructions = z.output<typeof instructions>;

export const assignment = z.object({
  jobId,
  n: z.int(),
  name: z.string(),
  owner: z.string(),
  granted: resources,
  wallTimeS: z.int(),
  cpuTimeS: z.int(),
  payload: z.object({
    executable: z.string(),
    arguments: z.array(z.string()),
    environment: z.record(z.string(), z.string()),
    stdout: z.string(),
    stderr: z.string(),
    inputSandbox: digest.nullable(),
    outputSandbox: z.array(z.string()),
    inputData: z.array(z.string()),
    outputData: z.array(z.string()),
  }),
});
export type Assignment = z.output<typeof assignment>;

export const attemptStatus = attemptRef.extend({
  phase: z.enum(['starting', 'running', 'completing']),
  cpuS: z.number(),
  rssMb: z.number(),
  tail: z.string().max(8192).describe('last lines of stdout'),
});

export const outcome = z.strictObject({
  result: z.enum(['done', 'failed', 'killed', 'infrastructure']),
  minor: z.string().max(200),
  exitCode: z.int().nullable(),
  reason: z.string().max(2000),
  wallS: z.number(),
  cpuS: z.number(),
  maxRssMb: z.number(),
  outputSandbox: digest.nullable(),
});
export type Outcome = z.output<typeof outcome>;

export const workerRoutes = {
  activateVm: {
    id: 'activateVm',
    method: 'POST',
    path: '/worker/activate',
    summary: 'Bind the VM to its public key by its one-time activation key',
    permission: 'public',
    status: 200,
    body: activateBody,
    reply: vmBrief,
  },
  workerToken: {
    id: 'workerToken',
    method: 'POST',
    path: '/worker/token',
    summary: 'A short token for a signed assertion (RFC 7523)',
    permission: 'public',
    status: 200,
    body: tokenBody,
    reply: tokenReply,
  },
  workerBrief: {
    id: 'workerBrief',
    method: 'GET',
    path: '/worker/brief',
    summary: 'The VM brief again, after a restart of the agent',
    permission: 'worker',
    status: 200,
    reply: vmBrief,
  },
  beatVm: {
    id: 'beatVm',
    method: 'POST',
    path: '/worker/beat',
    summary: 'Heartbeat of the monitor agent',
    permission: 'worker',
    status: 200,
    body: z.strictObject({ version: z.string().max(64), health: vmHealth, logTail: z.string().max(16_384) }),
    reply: instructions,
  },
  beatPilot: {
    id: 'beatPilot',
    method: 'POST',
    path: '/worker/pilots/:pilotId/beat',
    summary: 'Renew the pilot lease; lists every attempt the pilot knows',
    permission: 'worker',
    status: 200,
    body: z.strictObject({
      version: z.string().max(64),
      total: resources,
      free: resources,
      attempts: z.array(attemptStatus).max(2000),
    }),
    reply: instructions,
  },
  awaitInstructions: {
    id: 'awaitInstructions',
    method: 'GET',
    path: '/worker/instructions',
    summary: 'Held until orders newer than `version` exist',
    permission: 'worker',
    status: 200,
    query: z.object({
      version: z.coerce.number().int().min(0).default(0),
      waitS: z.coerce.number().int().min(0).max(55).default(25),
    }),
    reply: instructions,
  },
  ask: {
    id: 'ask',
    method: 'POST',
    path: '/worker/pilots/:pilotId/ask',
    summary: 'Offer free resources, receive jobs; held until work arrives. The same ask id returns the same attempts',
    permission: 'worker',
    status: 200,
    body: z.strictObject({
      askId: uuid,
      total: resources,
      free: resources,
      platforms: z.array(z.string()).max(50),
      limit: z.int().min(1).max(1024),
      waitS: z.int().min(0).max(55),
    }),
    reply: z.object({ askId: uuid, assignments: z.array(assignment) }),
  },
  attemptPhase: {
    id: 'attemptPhase',
    method: 'POST',
    path: '/worker/jobs/:id/attempts/:n/phase',
    summary: 'The attempt went on to another phase',
    permission: 'worker',
    status: 204,
    body: z.strictObject({
      phase: z.enum(['starting', 'running', 'completing']),
      minor: z.string().max(200),
      applicationStatus: z.string().max(500).optional(),
    }),
  },
  attemptLog: {
    id: 'attemptLog',
    method: 'POST',
    path: '/worker/jobs/:id/attempts/:n/logs/:stream/:offset',
    summary: 'Bytes of stdout or stderr at an offset; sent again they change nothing',
    permission: 'worker',
    status: 204,
    body: 'bytes',
  },
  putOutput: {
    id: 'putOutput',
    method: 'PUT',
    path: '/worker/jobs/:id/attempts/:n/output/:digest',
    summary: 'The output sandbox (tar.gz), before the outcome',
    permission: 'worker',
    status: 201,
    body: 'bytes',
    reply: z.object({ digest, size: z.int() }),
  },
  attemptOutcome: {
    id: 'attemptOutcome',
    method: 'POST',
    path: '/worker/jobs/:id/attempts/:n/outcome',
    summary: 'How the attempt ended; refused as stale-attempt when it is no longer the one',
    permission: 'worker',
    status: 204,
    body: outcome,
  },
  workerSandbox: {
    id: 'workerSandbox',
    method: 'GET',
    path: '/worker/sandboxes/:digest',
    summary: 'An input sandbox of an attempt this VM holds',
    permission: 'worker',
    status: 200,
    reply: 'bytes',
  },
  haltVm: {
    id: 'haltVm',
    method: 'POST',
    path: '/worker/halt',
    summary: 'Ask to halt; allowed only when nothing is open on the VM',
    permission: 'worker',
    status: 200,
    body: z.strictObject({ reason: z.string().max(500) }),
    reply: z.object({ halt: z.boolean() }),
  },
} as const satisfies Record<string, Route>;

/** Programs and the node binary, without authentication: /files/<name>?… checked by the digest in user-data. */
export const FILES_PREFIX = '/files';
