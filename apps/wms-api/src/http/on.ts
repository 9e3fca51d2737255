// Binds a controller method to its row of the contract: path, method, status, and the permission the guard asks for.

import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
} from '@nestjs/common';
import { API_PREFIX, type Params, type ParsedBody, type ParsedQuery, type Route } from '@pilotfish/api-contract';
import type { Caller } from '@pilotfish/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseInput } from './parse-input.ts';

export const ROUTE = Symbol('route');

export type ApiRequest = FastifyRequest & { caller?: Caller };

export const On = (route: Route): MethodDecorator =>
  applyDecorators(
    RequestMapping({ method: RequestMethod[route.method], path: `${API_PREFIX}${route.path}` }),
    HttpCode(route.status),
    SetMetadata(ROUTE, route),
  );

export const routeOf = (context: ExecutionContext): Route | undefined =>
  Reflect.getMetadata(ROUTE, context.getHandler());

/** What a handler of route R gets: everything parsed by the contract. A `bytes` body stays a stream in `request.body`. */
export interface Input<R extends Route> {
  readonly params: Params<R>;
  readonly query: ParsedQuery<R>;
  readonly body: ParsedBody<R>;
}

export const Parsed = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const route = routeOf(context);
  if (route === undefined) throw new Error('Parsed() stands on a method without On()');
  return parseInput(route, context.switchToHttp().getRequest<ApiRequest>());
});

/** The verified caller; the guard has put it there. */
export const Who = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<ApiRequest>().caller,
);

/** Aborts when the client hangs up before it was answered, and when the service stops: no call may hold up the stop. */
export const HangUp = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const http = context.switchToHttp();
  const { raw } = http.getResponse<FastifyReply>();
  const { closing } = http.getRequest<ApiRequest>().server as { closing?: AbortSignal };
  const abort = new AbortController();
  const end = () => abort.abort();
  closing?.addEventListener('abort', end, { once: true });
  if (closing?.aborted || raw.destroyed) end();
  raw.once('close', () => {
    closing?.removeEventListener('abort', end);
    if (!raw.writableEnded) end();
  });
  return abort.signal;
});
