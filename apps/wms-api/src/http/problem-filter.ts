// Every error that leaves the service: RFC 9457, one table of statuses, nothing of the inside.

import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { PROBLEM_MEDIA_TYPE, type Problem } from '@pilotfish/api-contract';
import { type ErrorCode, type Flaw, WmsError } from '@pilotfish/model';
import type { Log } from '@pilotfish/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

const STATUS = {
  'bad-request': 400,
  'bad-description': 400,
  'can-never-run': 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'unknown-profile': 404,
  'unknown-vo': 404,
  'already-exists': 409,
  'illegal-state': 409,
  'stale-attempt': 409,
  'activation-refused': 403,
  'vm-locked': 403,
  'wrong-vo': 403,
  'too-large': 413,
  'digest-mismatch': 422,
  'idempotency-conflict': 422,
  'idempotency-in-flight': 409,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

interface Told {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly flaws: readonly Flaw[];
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerProblem(this.#log, error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

export function answerProblem(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const told = tell(error);
  const path = request.url.split('?')[0]!;
  const about = { err: error, requestId: request.id, url: path };
  if (request.raw.aborted) log.debug(about, 'the client hung up in the middle of its request');
  else if (told.status >= 500) log.error(about, 'request failed');
  if (reply.sent || reply.raw.headersSent) return;
  const body: Problem = {
    type: `urn:pilotfish:problem:${told.code}`,
    title: told.code.replaceAll('-', ' '),
    status: told.status,
    detail: told.detail,
    instance: path,
    code: told.code,
    requestId: String(request.id),
    errors: [...told.flaws],
  };
  if (told.status === 503) void reply.header('retry-after', '1');
  if (told.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.status(told.status).type(PROBLEM_MEDIA_TYPE).send(body);
}

function tell(error: unknown): Told {
  if (error instanceof WmsError)
    return { code: error.code, status: STATUS[error.code], detail: error.message, flaws: error.flaws };
  if (error instanceof HttpException) return ofStatus(error.getStatus(), error.message);
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  if (statusCode !== undefined && statusCode < 500) return ofStatus(statusCode, message ?? '');
  // SQLSTATE class 22: PostgreSQL holds no NUL in text and no number beyond its type.
  if (/^22[0-9A-Z]{3}$/.test(code ?? '')) {
    const detail = 'a value of the request can not be stored: a number is too large, or a text holds a NUL character';
    return { code: 'bad-request', status: 400, detail, flaws: [] };
  }
  if (isOutage(code, message)) {
    return {
      code: 'unavailable',
      status: 503,
      detail: 'the database does not answer just now; try again in a moment',
      flaws: [],
    };
  }
  return {
    code: 'internal',
    status: 500,
    detail: 'something broke inside the service; quote the request id to its operator',
    flaws: [],
  };
}

function ofStatus(status: number, message: string): Told {
  const code: ErrorCode =
    status === 404 ? 'not-found' : status === 413 ? 'too-large' : status === 401 ? 'unauthenticated' : 'bad-request';
  return { code, status, detail: message, flaws: [] };
}

/** SQLSTATE classes 08 and 57P0x, and what the driver says when there is no server. */
function isOutage(code: string | undefined, message: string | undefined): boolean {
  return (
    /^(08|57P0|ECONN|EPIPE|ETIMEDOUT)/.test(code ?? '') ||
    /Connection terminated|timeout exceeded when trying to connect|connection timeout/i.test(message ?? '')
  );
}
