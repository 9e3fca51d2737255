// The worker door. The VM is the one of the verified token; (job, attempt) fences every write.

import { Controller, Inject, Req, StreamableFile } from '@nestjs/common';
import { activationProofText, WORKER_AUDIENCE, workerRoutes } from '@pilotfish/api-contract';
import { claimedVm, isRetired, mintWorkerToken, verifyActivationProof, verifyAssertion } from '@pilotfish/identity';
import { type Caller, type Digest, type JobId, type VmId, WmsError } from '@pilotfish/model';
import { activate, vmCaller } from '@pilotfish/persistence';
import { type Accepted, type AttemptKey, ask } from '@pilotfish/workload';
import { HeldAsks } from './held-asks.ts';
import { type ApiRequest, HangUp, type Input, On, Parsed, Who } from './http/on.ts';
import { attemptOf, digestOf, jobIdOf, offsetOf, pilotIdOf, streamNameOf } from './http/path-values.ts';
import { bytesOf, streamOf } from './http/stream-of.ts';
import { API, type Api } from './wiring.ts';

type VmCaller = Extract<Caller, { kind: 'vm' }>;
type AttemptParams = { readonly id: string; readonly n: string };

const TOKEN_S = 600;
/** One text for all reasons: whoever guesses learns not even whether there is such a VM. The log knows the reason. */
const REFUSED = 'the activation is refused: no VM waits for this key; let the director start a new one';
const MAX_LOG_CHUNK = 1_048_576;

@Controller()
export class WorkerController {
  readonly #api: Api;
  readonly #held = new HeldAsks();

  constructor(@Inject(API) api: Api) {
    this.#api = api;
  }

  @On(workerRoutes.activateVm)
  async activate(@Parsed() { body }: Input<typeof workerRoutes.activateVm>) {
    const vmId = body.vmId as VmId;
    const text = activationProofText(body.vmId, body.activationKey, body.publicKey);
    const decision = await activate(this.#api.db, {
      vmId,
      activationKey: body.activationKey,
      publicKey: body.publicKey,
      proofValid: verifyActivationProof(text, body.publicKey, body.proof),
    });
    if (typeof decision === 'object' && 'alarm' in decision) {
      this.#api.forgetVm(vmId);
      this.#api.log.error(
        { vmId, alarm: decision.alarm },
        'a second key came with a spent activation key; the VM is locked',
      );
      this.#api.wake.ring('vms');
      this.#api.wake.ring('plan');
      throw new WmsError(
        'vm-locked',
        'this activation key was used by another machine; the VM is locked and an operator is told',
      );
    }
    if (typeof decision === 'object') {
      this.#api.log.warn({ vmId, refused: decision.refuse }, 'an activation was refused');
      throw new WmsError('activation-refused', REFUSED);
    }
    if (decision === 'activate') this.#api.wake.ring('plan');
    return this.#brief(vmId);
  }

  @On(workerRoutes.workerToken)
  async token(@Parsed() { body }: Input<typeof workerRoutes.workerToken>) {
    const refused = new WmsError('unauthenticated', 'the assertion is not signed by a VM that may speak');
    const claimed = claimedVm(body.assertion);
    const vm = claimed === undefined ? undefined : await vmCaller(this.#api.db, claimed);
    if (claimed === undefined || vm?.publicKey == null || vm.locked || isRetired(vm.state)) throw refused;
    const vmId = await verifyAssertion(body.assertion, vm.publicKey, WORKER_AUDIENCE, new Date());
    if (vmId === undefined) throw refused;
    const access_token = await mintWorkerToken({ vmId, vo: vm.vo }, this.#api.workerKey, TOKEN_S);
    return { access_token, token_type: 'Bearer' as const, expires_in: TOKEN_S };
  }

  @On(workerRoutes.workerBrief)
  brief(@Who() caller: VmCaller) {
    return this.#brief(caller.vmId);
  }

  @On(workerRoutes.beatVm)
  async beatVm(@Who() caller: VmCaller, @Parsed() { body }: Input<typeof workerRoutes.beatVm>) {
    await this.#api.fleet.beatVm(caller.vmId, body.health, body.logTail);
    return this.#api.ordersOf(caller.vmId);
  }

  @On(workerRoutes.beatPilot)
  async beatPilot(@Who() caller: VmCaller, @Parsed() { params, body }: Input<typeof workerRoutes.beatPilot>) {
    const attempts = body.attempts.map(({ jobId, n, phase }) => ({ jobId: jobId as JobId, n, phase }));
    return this.#api.attempts.beat({ ...body, attempts, vmId: caller.vmId, pilotId: pilotIdOf(params.pilotId) });
  }

  @On(workerRoutes.awaitInstructions)
  async instructions(
    @Who() caller: VmCaller,
    @Parsed() { query }: Input<typeof workerRoutes.awaitInstructions>,
    @HangUp() signal: AbortSignal,
  ) {
    await this.#api.orders.newer(caller.vmId, query.version, query.waitS * 1000, signal);
    return this.#api.ordersOf(caller.vmId);
  }

  @On(workerRoutes.ask)
  async ask(
    @Who() caller: VmCaller,
    @Parsed() { params, body }: Input<typeof workerRoutes.ask>,
    @HangUp() hangUp: AbortSignal,
  ) {
    const { waitS, ...offered } = body;
    const request = {
      ...offered,
      vmId: caller.vmId,
      vo: caller.vo,
      pilotId: pilotIdOf(params.pilotId),
      waitMs: waitS * 1000,
    };
    const assignments = await this.#held.only(request.pilotId, hangUp, (signal) =>
      ask(this.#api.asking, request, signal),
    );
    if (assignments.length > 0) this.#api.wake.ring('jobs');
    return { askId: body.askId, assignments };
  }

  @On(workerRoutes.attemptPhase)
  async phase(@Who() caller: VmCaller, @Parsed() { params, body }: Input<typeof workerRoutes.attemptPhase>) {
    const key = keyOf(caller, params);
    const application = body.applicationStatus === undefined ? undefined : storable(body.applicationStatus);
    accepted(key, await this.#api.attempts.phase(key, body.phase, storable(body.minor), application));
    this.#api.wake.ring('jobs');
  }

  @On(workerRoutes.attemptLog)
  async log(
    @Who() caller: VmCaller,
    @Parsed() { params }: Input<typeof workerRoutes.attemptLog>,
    @Req() request: ApiRequest,
  ) {
    const [stream, offset] = [streamNameOf(params.stream), offsetOf(params.offset)];
    const key = keyOf(caller, params);
    accepted(key, await this.#api.attempts.appendLog(key, stream, offset, await bytesOf(request, MAX_LOG_CHUNK)));
    this.#api.wake.ring('jobs');
  }

  @On(workerRoutes.putOutput)
  async putOutput(
    @Who() caller: VmCaller,
    @Parsed() { params }: Input<typeof workerRoutes.putOutput>,
    @Req() request: ApiRequest,
  ) {
    const key = keyOf(caller, params);
    if (!(await this.#api.attempts.isOpen(key))) throw stale(key);
    const digest = digestOf(params.digest);
    const size = await this.#api.blobs.put(
      digest,
      streamOf(request, this.#api.maxSandboxBytes),
      this.#api.maxSandboxBytes,
    );
    return { digest, size };
  }

  @On(workerRoutes.attemptOutcome)
  async outcome(@Who() caller: VmCaller, @Parsed() { params, body }: Input<typeof workerRoutes.attemptOutcome>) {
    const key = keyOf(caller, params);
    const report = {
      ...body,
      minor: storable(body.minor),
      reason: storable(body.reason),
      outputSandbox: body.outputSandbox as Digest | null,
    };
    accepted(key, await this.#api.attempts.outcome(key, report));
    this.#api.wake.ring('jobs');
    if (body.result === 'infrastructure') this.#api.announceWork();
  }

  @On(workerRoutes.workerSandbox)
  async sandbox(@Who() caller: VmCaller, @Parsed() { params }: Input<typeof workerRoutes.workerSandbox>) {
    const digest = digestOf(params.digest);
    const allowed = await this.#api.attempts.mayReadSandbox(caller.vmId, digest);
    const bytes = allowed ? await this.#api.blobs.get(digest) : undefined;
    if (bytes === undefined) throw new WmsError('not-found', `no attempt of this VM uses ${digest}`);
    return new StreamableFile(bytes, { type: 'application/gzip' });
  }

  @On(workerRoutes.haltVm)
  async halt(@Who() caller: VmCaller, @Parsed() { body }: Input<typeof workerRoutes.haltVm>) {
    const halt = await this.#api.fleet.confirmHalt(caller.vmId, body.reason);
    if (halt) this.#api.wake.ring('plan');
    return { halt };
  }

  async #brief(vmId: VmId) {
    const brief = await this.#api.briefOf(vmId);
    if (brief === undefined) throw new WmsError('not-found', `there is no VM ${vmId}`);
    return brief;
  }
}

const keyOf = (caller: VmCaller, { id, n }: AttemptParams): AttemptKey => ({
  vmId: caller.vmId,
  jobId: jobIdOf(id),
  n: attemptOf(n),
});

/** What a payload wrote may be in it; PostgreSQL holds no NUL, and a report must not fail for one. */
const storable = (text: string): string => text.replaceAll('\0', '');

const stale = ({ jobId, n }: AttemptKey) =>
  new WmsError('stale-attempt', `attempt ${n} of job ${jobId} is not open on this VM any more; stop it and forget it`);

function accepted(key: AttemptKey, answer: Accepted): void {
  if (answer === 'stale') throw stale(key);
}
