import { Controller, Inject } from '@nestjs/common';
import { jobRoutes } from '@pilotfish/api-contract';
import { readScope } from '@pilotfish/identity';
import { type Caller, isFinal, type JobId, WmsError } from '@pilotfish/model';
import { lookUntil } from './held-calls.ts';
import { HangUp, type Input, On, Parsed, Who } from './http/on.ts';
import { API, type Api } from './wiring.ts';

@Controller()
export class LogsController {
  readonly #api: Api;

  constructor(@Inject(API) api: Api) {
    this.#api = api;
  }

  /** Offsets count bytes; a page never ends inside a character unless the log does. */
  @On(jobRoutes.jobLog)
  async log(
    @Who() caller: Caller,
    @Parsed() { params, query }: Input<typeof jobRoutes.jobLog>,
    @HangUp() signal: AbortSignal,
  ) {
    const stream = params.stream;
    if (stream !== 'stdout' && stream !== 'stderr')
      throw new WmsError('not-found', 'the streams are stdout and stderr');
    const id = Number(params.id) as JobId;
    const find = () =>
      Number.isSafeInteger(id) && id > 0 ? this.#api.jobs.find(id, readScope(caller)) : Promise.resolve(undefined);
    const look = async () => {
      const job = await find();
      if (job === undefined) throw new WmsError('not-found', `there is no job ${params.id} that you may see`);
      const attempt = query.attempt ?? job.attempt;
      if (attempt === 0) return { attempt, bytes: Buffer.alloc(0), ended: isFinal(job.state) };
      const piece = await this.#api.jobs.log(id, attempt, stream, query.offset);
      return { attempt, bytes: piece.bytes, ended: piece.ended && (isFinal(job.state) || attempt < job.attempt) };
    };
    const { attempt, bytes, ended } = await lookUntil(
      this.#api.wake,
      'jobs',
      query.waitS * 1000,
      signal,
      look,
      (seen) => seen.bytes.length > 0 || seen.ended,
    );
    const whole = ended ? bytes : bytes.subarray(0, bytes.length - brokenTail(bytes));
    return {
      stream,
      attempt,
      offset: query.offset,
      text: whole.toString('utf8'),
      nextOffset: query.offset + whole.length,
      ended,
    };
  }
}

/** Bytes at the end that begin a UTF-8 character without finishing it (RFC 3629 §3). */
function brokenTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}
