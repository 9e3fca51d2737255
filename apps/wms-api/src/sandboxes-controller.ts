import type { Readable } from 'node:stream';
import { Controller, Inject, Req, StreamableFile } from '@nestjs/common';
import { jobRoutes } from '@pilotfish/api-contract';
import { readScope } from '@pilotfish/identity';
import { type Caller, type Digest, WmsError } from '@pilotfish/model';
import { type ApiRequest, type Input, On, Parsed, Who } from './http/on.ts';
import { digestOf, jobIdOf } from './http/path-values.ts';
import { streamOf } from './http/stream-of.ts';
import { submissionVo, type UserCaller } from './prepare.ts';
import { API, type Api } from './wiring.ts';

@Controller()
export class SandboxesController {
  readonly #api: Api;

  constructor(@Inject(API) api: Api) {
    this.#api = api;
  }

  @On(jobRoutes.putSandbox)
  async put(
    @Who() caller: UserCaller,
    @Parsed() { params, query }: Input<typeof jobRoutes.putSandbox>,
    @Req() request: ApiRequest,
  ) {
    const digest = digestOf(params.digest);
    // Before the bytes: who may not have them here need not send them.
    const vo = await submissionVo(this.#api.people, caller, query.vo);
    const size = await this.#api.blobs.put(
      digest,
      streamOf(request, this.#api.maxSandboxBytes),
      this.#api.maxSandboxBytes,
    );
    await this.#api.sandboxRights.grant(digest, size, vo, caller.name);
    return { digest, size };
  }

  @On(jobRoutes.getSandbox)
  async get(@Who() caller: UserCaller, @Parsed() { params }: Input<typeof jobRoutes.getSandbox>) {
    const digest = digestOf(params.digest);
    const vo = caller.vo;
    if (vo !== null && !(await this.#api.sandboxRights.owns(digest, vo, caller.name))) throw missing(digest);
    return this.#file(digest);
  }

  @On(jobRoutes.jobOutput)
  async output(@Who() caller: Caller, @Parsed() { params }: Input<typeof jobRoutes.jobOutput>) {
    const id = jobIdOf(params.id);
    const job = await this.#api.jobs.find(id, readScope(caller));
    if (job === undefined) throw new WmsError('not-found', `there is no job ${params.id} that you may see`);
    const attempts = await this.#api.jobs.attempts(id);
    const digest = attempts.filter(({ state }) => state !== 'Lost').at(-1)?.outputSandbox ?? null;
    if (digest === null)
      throw new WmsError(
        'not-found',
        `job ${id} (${job.state}) has no output sandbox; it appears when an attempt has ended`,
      );
    return this.#file(digest);
  }

  async #file(digest: Digest): Promise<StreamableFile> {
    const bytes: Readable | undefined = await this.#api.blobs.get(digest);
    if (bytes === undefined) throw missing(digest);
    return new StreamableFile(bytes, { type: 'application/gzip' });
  }
}

const missing = (digest: string) => new WmsError('not-found', `there is no sandbox ${digest} that you may read`);
