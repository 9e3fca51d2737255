// The Nest application on Fastify: controllers, one guard, one filter.
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Log } from '@pilotfish/service-kit';
import type { FastifyInstance } from 'fastify';
import type { ApiConfig } from './config.ts';
import { FleetController } from './fleet-controller.ts';
import { CallerGuard } from './http/caller-guard.ts';
import { nestLog } from './http/nest-log.ts';
import { ProblemFilter } from './http/problem-filter.ts';
import { InvariantsController } from './invariants-controller.ts';
import { JobsController } from './jobs-controller.ts';
import { LogsController } from './logs-controller.ts';
import { metrics } from './metrics.ts';
import { openDoors } from './open-doors.ts';
import { PeopleController } from './people-controller.ts';
import { SandboxesController } from './sandboxes-controller.ts';
import { SharesController } from './shares-controller.ts';
import { API, type Api } from './wiring.ts';
import { WorkerController } from './worker-controller.ts';

export const CONTROLLERS = [
  JobsController,
  LogsController,
  SandboxesController,
  FleetController,
  InvariantsController,
  PeopleController,
  SharesController,
  WorkerController,
];
const MAX_JSON_BYTES = 16 * 1_048_576;
const IDLE_SWEEP_MS = 20;
const LAST_ANSWERS_MS = 2000;
/** For a request to arrive whole; how long its answer may be held is another matter. */
const REQUEST_TIMEOUT_MS = 300_000;

/** Held calls are answered when the service stops, and no connection that was kept open holds up its end. */
function stopsAtOnce(server: FastifyInstance): void {
  const closing = new AbortController();
  server.decorate('closing', closing.signal);
  server.addHook('preClose', (done) => {
    closing.abort();
    // Node closes only those that are idle at this very moment; the others become so as their answers go out.
    const sweep = setInterval(() => server.server.closeIdleConnections(), IDLE_SWEEP_MS);
    // A client that never finishes its request must not have the last word.
    const cut = setTimeout(() => server.server.closeAllConnections(), LAST_ANSWERS_MS);
    server.server.once('close', () => {
      clearInterval(sweep);
      clearTimeout(cut);
    });
    done();
  });
}

/** Listens, and returns the port it got. */
export async function serve(
  config: ApiConfig,
  api: Api,
  log: Log,
  version: string,
): Promise<{ app: NestFastifyApplication; port: number }> {
  @Module({ controllers: CONTROLLERS, providers: [{ provide: API, useValue: api }] })
  class ApiModule {}

  const https = config.tls && { cert: readFileSync(config.tls.cert), key: readFileSync(config.tls.key) };
  const limits = { bodyLimit: MAX_JSON_BYTES, requestTimeout: REQUEST_TIMEOUT_MS };
  const adapter = new FastifyAdapter({ ...limits, ...(https ? { https } : {}) } as object);
  const server = adapter.getInstance();
  stopsAtOnce(server as never);
  // Raw bodies stay streams; each route bounds what it reads of them.
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  server.addContentTypeParser('application/gzip', (_request, payload, done) => done(null, payload));
  const measured = metrics(api.db);
  server.addHook('onResponse', (request, reply, done) => {
    measured.observe(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  void server.register(async (scope) => openDoors(scope as never, api, measured, version));
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule, adapter, { logger: nestLog(log) });
  app.useGlobalGuards(new CallerGuard(api.identify));
  app.useGlobalFilters(new ProblemFilter(log));
  await app.listen(config.port, config.host);
  const { port } = app.getHttpServer().address() as { port: number };
  return { app, port };
}
