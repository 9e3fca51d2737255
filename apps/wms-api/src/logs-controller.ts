import { Controller, Inject } from '@nestjs/common';
import { jobRoutes } from '@pilotfish/api-contract';
import { readScope } from '@pilotfish/identity';
import { type Caller, isFinal, type JobId, WmsError } from '@pilotfish/model';
import type { LogPiece } from '@pilotfish/workload';
import { lookUntil } from './held-calls.ts';
import { HangUp, type Input, On, Parsed, Who } from './http/on.ts';
import { jobIdOf, streamNameOf } from './http/path-values.ts';
import { API, type Api } from './wiring.ts';

const NOTHING = Buffer.alloc(0);

@Controller()
export class LogsController {
  readonly #api: Api;

  constructor(@Inject(API) api: Api) {
    this.#api = api;
  }

  @On(jobRoutes.jobLog)
  async log(
    @Who() caller: Caller,
    @Parsed() { params, query }: Input<typeof jobRoutes.jobLog>,
    @HangUp() signal: AbortSignal,
  ) {
    const stream = streamNameOf(params.stream);
    const id = jobIdOf(params.id);
    const look = async () => {
      const job = await this.#api.jobs.find(id, readScope(caller));
      if (job === undefined) throw new WmsError('not-found', `there is no job ${params.id} that you may see`);
      const attempt = query.attempt ?? job.attempt;
      if (attempt > job.attempt)
        throw new WmsError('not-found', `job ${id} has no attempt ${attempt}; its newest is ${job.attempt}`);
      if (attempt === 0) return { attempt, bytes: NOTHING, ended: isFinal(job.state) };
      const piece = await this.#piece(id, attempt, stream, query.offset);
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
    const { offset } = query;
    return { stream, attempt, offset, text: bytes.toString('utf8'), nextOffset: offset + bytes.length, ended };
  }

  /** Offsets count bytes. A page ends inside a character only when the attempt is over and the rest will never come. */
  async #piece(id: JobId, attempt: number, stream: 'stdout' | 'stderr', offset: number): Promise<LogPiece> {
    const piece = await this.#api.jobs.log(id, attempt, stream, offset);
    const whole = piece.bytes.subarray(0, piece.bytes.length - brokenTail(piece.bytes));
    if (whole.length > 0 || piece.bytes.length === 0) return { ...piece, bytes: whole };
    const rest = await this.#api.jobs.log(id, attempt, stream, offset + piece.bytes.length);
    return rest.ended ? piece : { bytes: whole, ended: false };
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
