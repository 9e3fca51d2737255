import { Controller, Inject, Req, Res } from '@nestjs/common';
import { type Changed as ChangedReply, jobRoutes } from '@pilotfish/api-contract';
import { authorise, manageScope, readScope } from '@pilotfish/identity';
import { checkDescription, parseJdl } from '@pilotfish/job-description';
import { type Caller, isFinal, type JobId, WmsError } from '@pilotfish/model';
import { etaReport, once } from '@pilotfish/persistence';
import {
  type Changed,
  type JobFilter,
  type Receipt,
  type SubmitDeps,
  type SubmitResult,
  submit,
} from '@pilotfish/workload';
import type { FastifyReply } from 'fastify';
import { lookUntil } from './held-calls.ts';
import { type ApiRequest, HangUp, type Input, On, Parsed, Who } from './http/on.ts';
import { jobIdOf, wholeNumber } from './http/path-values.ts';
import { prepare, type UserCaller } from './prepare.ts';
import { at, attemptView, jobView } from './present.ts';
import { refuseTooMuch } from './submission-size.ts';
import { API, type Api } from './wiring.ts';

type Selection = Input<typeof jobRoutes.killJobs>['body'];

@Controller()
export class JobsController {
  readonly #api: Api;
  readonly #submit: SubmitDeps;

  constructor(@Inject(API) api: Api) {
    this.#api = api;
    this.#submit = {
      jobs: api.jobs,
      capacityOffers: api.capacityOffers,
      announce: () => {
        api.announceWork();
        api.wake.ring('plan');
      },
    };
  }

  @On(jobRoutes.submitJob)
  submitJob(@Who() caller: UserCaller, @Req() request: ApiRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.#submitOne(caller, request, reply, () => request.body);
  }

  @On(jobRoutes.submitJdl)
  submitJdl(
    @Who() caller: UserCaller,
    @Parsed() input: Input<typeof jobRoutes.submitJdl>,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#submitOne(caller, request, reply, () => {
      const { description, inputFiles } = parseJdl(input.body.jdl);
      if (inputFiles.length === 0) return description;
      const detail = `${inputFiles.join(', ')} are files of your machine; submit with \`wms submit\`, which uploads them`;
      throw new WmsError('bad-description', 'the service has no access to local files', [
        { pointer: 'InputSandbox', detail },
      ]);
    });
  }

  @On(jobRoutes.submitJobs)
  submitJobs(
    @Who() caller: UserCaller,
    @Parsed() input: Input<typeof jobRoutes.submitJobs>,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const answer = (results: readonly SubmitResult[]) => ({ items: results.map(bulkItem) });
    return this.#once(caller, request, reply, async (receipt) =>
      answer(await this.#submitAll(caller, input.body.jobs, (results) => receipt?.(answer(results)))),
    );
  }

  @On(jobRoutes.listJobs)
  async list(@Who() caller: Caller, @Parsed() { query }: Input<typeof jobRoutes.listJobs>) {
    const { limit, cursor, ...filter } = query;
    const before = cursor === undefined ? undefined : (wholeNumber(cursor) as JobId | undefined);
    if (cursor !== undefined && before === undefined)
      throw new WmsError('bad-request', 'the cursor is not one of ours; start without');
    const jobs = await this.#api.jobs.list({
      ...scoped(filter, readScope(caller)),
      limit,
      ...(before === undefined ? {} : { before }),
    });
    return { jobs: jobs.map(jobView), next: jobs.length < limit ? null : String(jobs.at(-1)!.id) };
  }

  @On(jobRoutes.countJobs)
  async counts(@Who() caller: Caller, @Parsed() { query }: Input<typeof jobRoutes.countJobs>) {
    return { counts: await this.#api.jobs.counts(scoped(query, readScope(caller))) };
  }

  @On(jobRoutes.showJob)
  async show(
    @Who() caller: Caller,
    @Parsed() { params, query }: Input<typeof jobRoutes.showJob>,
    @HangUp() signal: AbortSignal,
  ) {
    const first = await this.#find(caller, params.id);
    const job = await lookUntil(
      this.#api.wake,
      'jobs',
      query.waitS * 1000,
      signal,
      () => this.#find(caller, params.id),
      (seen) =>
        isFinal(seen.state) || (query.until === 'change' && (seen.state !== first.state || seen.minor !== first.minor)),
    );
    const attempts = await this.#api.jobs.attempts(job.id);
    const { payload, requirements, credential, maxReschedules } = job;
    return {
      ...jobView(job),
      description: { ...payload, requirements, credential, maxReschedules },
      attempts: attempts.map(attemptView),
    };
  }

  @On(jobRoutes.jobHistory)
  async history(@Who() caller: Caller, @Parsed() { params }: Input<typeof jobRoutes.jobHistory>) {
    const { id } = await this.#find(caller, params.id);
    const events = await this.#api.jobs.history(id);
    return { events: events.map((event) => ({ ...event, at: at(event.at) })) };
  }

  @On(jobRoutes.whyJob)
  async why(@Who() caller: Caller, @Parsed() { params }: Input<typeof jobRoutes.whyJob>) {
    const job = await this.#find(caller, params.id);
    const { summary, lines, estimatedStart } = await this.#api.why(job);
    const start = estimatedStart && { at: at(estimatedStart.at), because: estimatedStart.because };
    return { id: job.id, state: job.state, summary, lines: [...lines], estimatedStart: start };
  }

  @On(jobRoutes.etaReport)
  async estimates(@Who() caller: Caller) {
    return { ...(await etaReport(this.#api.db, readScope(caller))) };
  }

  @On(jobRoutes.killJobs)
  async kill(@Who() caller: UserCaller, @Parsed() { body }: Input<typeof jobRoutes.killJobs>) {
    const changed = await this.#api.jobs.kill(selected(caller, body), body.reason, caller.name);
    this.#api.wake.ring('vms');
    this.#api.wake.ring('jobs');
    return this.#answer(caller, body, changed);
  }

  @On(jobRoutes.rescheduleJobs)
  async reschedule(@Who() caller: UserCaller, @Parsed() { body }: Input<typeof jobRoutes.rescheduleJobs>) {
    const changed = await this.#api.jobs.reschedule(selected(caller, body), caller.name);
    this.#submit.announce();
    return this.#answer(caller, body, changed);
  }

  @On(jobRoutes.deleteJobs)
  async remove(@Who() caller: UserCaller, @Parsed() { body }: Input<typeof jobRoutes.deleteJobs>) {
    return this.#answer(caller, body, await this.#api.jobs.remove(selected(caller, body), caller.name));
  }

  @On(jobRoutes.listQueues)
  async queues(@Who() caller: Caller, @Parsed() { query }: Input<typeof jobRoutes.listQueues>) {
    const vo = readScope(caller).vo ?? query.vo;
    const { demand } = await this.#api.fleet.seen();
    const mine = demand.filter(({ queue }) => vo === undefined || queue.vo === vo);
    return {
      queues: mine.map(({ queue, waiting, oldestAt }) => ({
        ...queue,
        requirements: { ...queue.requirements },
        waiting,
        oldestAt: at(new Date(oldestAt)),
      })),
    };
  }

  #submitOne(caller: UserCaller, request: ApiRequest, reply: FastifyReply, read: () => unknown) {
    const answer = ([result]: readonly SubmitResult[]) => {
      if (result instanceof WmsError) throw result;
      return { ids: [...(result ?? [])], warnings: [] };
    };
    return this.#once(caller, request, reply, async (receipt) =>
      answer(await this.#submitAll(caller, [read()], (results) => receipt?.(answer(results)))),
    );
  }

  async #submitAll(
    caller: UserCaller,
    texts: readonly unknown[],
    receiptOf: (results: readonly SubmitResult[]) => Receipt | undefined,
  ): Promise<readonly SubmitResult[]> {
    const descriptions = await Promise.all(texts.map((text) => orRefusal(() => checkDescription(text))));
    refuseTooMuch(descriptions.filter(isGood));
    const prepared = await Promise.all(
      descriptions.map((item, index) => {
        if (item instanceof WmsError) return item;
        return orRefusal(() => prepare(this.#api, caller, item, texts.length === 1 ? '#' : `#/jobs/${index}`));
      }),
    );
    const good = prepared.filter(isGood);
    const inPlace = (results: readonly SubmitResult[]) => {
      const left = [...results];
      return prepared.map((item) => (item instanceof WmsError ? item : left.shift()!));
    };
    return inPlace(await submit(this.#submit, good, caller.name, (results) => receiptOf(inPlace(results))));
  }

  /** `work` gets what makes the receipt of its reply, to be stored with the jobs themselves. */
  async #once<T>(
    caller: UserCaller,
    request: ApiRequest,
    reply: FastifyReply,
    work: (receipt?: (reply: unknown) => Receipt) => Promise<T>,
  ): Promise<T> {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return work();
    if (typeof key !== 'string' || key.length < 8 || key.length > 200)
      throw new WmsError('bad-request', 'Idempotency-Key must have 8 to 200 characters');
    const body = `${request.url}\n${JSON.stringify(request.body)}`;
    const status = reply.statusCode;
    const receipt = (answer: unknown): Receipt => ({ caller: caller.name, key, status, reply: answer });
    const kept = await once(this.#api.db, caller.name, key, body, async () => ({ status, reply: await work(receipt) }));
    return kept.reply as T;
  }

  async #find(caller: Caller, text: string) {
    const job = await this.#api.jobs.find(jobIdOf(text), readScope(caller));
    if (job === undefined) throw new WmsError('not-found', `there is no job ${text} that you may see`);
    return job;
  }

  /** Ids that were asked for but matched nothing are refused by name, never passed over. */
  #answer(caller: UserCaller, body: Selection, { done, refused }: Changed): ChangedReply {
    const met = new Set<number>([...done, ...refused.map(({ id }) => id)]);
    const missing = (body.ids ?? []).filter((id) => !met.has(id));
    const detail = `there is no such job that ${caller.name} may change`;
    return { done: [...done], refused: [...refused, ...missing.map((id) => ({ id, detail }))] };
  }
}

type Wanted = { readonly [Name in keyof JobFilter]?: JobFilter[Name] | undefined } & {
  readonly state?: JobFilter['states'] | undefined;
};

/** What is asked for, inside what the caller may reach: the scope has the last word. */
function scoped({ state, ...filter }: Wanted, scope: { vo?: string; owner?: string }): JobFilter {
  const wanted = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  return { ...wanted, ...(state === undefined ? {} : { states: state }), ...scope } as JobFilter;
}

function selected(caller: UserCaller, { ids, jobGroup, states, owner }: Selection): JobFilter {
  const scope = manageScope(caller);
  if (owner !== undefined) authorise(caller, 'jobs.manage', { owner });
  return scoped({ ids: ids as JobId[] | undefined, jobGroup, states, owner }, scope);
}

/** What is wrong with one item must not take the others with it. */
async function orRefusal<T>(work: () => T | Promise<T>): Promise<T | WmsError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WmsError) return error;
    throw error;
  }
}

const isGood = <T>(item: T | WmsError): item is T => !(item instanceof WmsError);

function bulkItem(result: SubmitResult) {
  if (!(result instanceof WmsError)) return { ok: true as const, ids: [...result], warnings: [] };
  return { ok: false as const, code: result.code, detail: result.message, errors: [...result.flaws] };
}
