// What is served without a token: health, metrics, the API's own description, and the worker programs, which VMs check
// by the digests in their user-data.
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { API_PREFIX, FILES_PREFIX } from '@pilotfish/api-contract';
import { jobDescriptionJsonSchema } from '@pilotfish/job-description';
import { WmsError } from '@pilotfish/model';
import { sql } from '@pilotfish/persistence';
import type { FastifyInstance } from 'fastify';
import { answerProblem } from './http/problem-filter.ts';
import type { Metrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import type { Api } from './wiring.ts';

const PROGRAMS = new Set(['agent.cjs', 'pilot.cjs', 'manifest.json']);
const PING = sql('ping', 'SELECT 1');

/** `server`: a scope of its own, for Nest sets the error handler of the whole. */
export function openDoors(server: FastifyInstance, api: Api, metrics: Metrics, version: string): void {
  server.setErrorHandler((error, request, reply) => answerProblem(api.log, error, request, reply));
  const document = openApiDocument(version);
  const schema = jobDescriptionJsonSchema();
  server.get('/api/openapi.json', () => document);
  server.get(`${API_PREFIX}/schemas/job.json`, () => schema);
  server.get('/health/live', () => ({ status: 'ok' }));
  server.get('/health/ready', async (_, reply) => {
    try {
      await api.db.rows(PING);
      return { status: 'ok' };
    } catch {
      return reply.status(503).send({ status: 'the database does not answer' });
    }
  });
  server.get('/metrics', async (_, reply) => {
    void reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  server.get<{ Params: { name: string } }>(`${FILES_PREFIX}/:name`, async ({ params }, reply) => {
    const path = PROGRAMS.has(params.name) ? join(api.files, params.name) : undefined;
    if (path !== undefined && existsSync(path)) {
      void reply.type(params.name.endsWith('.json') ? 'application/json' : 'text/javascript');
      return reply.send(createReadStream(path));
    }
    // For VMs without a node of their own: this very binary, when they are of its kind.
    if (params.name === `node-${process.platform}-${process.arch}.gz`) {
      void reply.type('application/gzip');
      return reply.send(createReadStream(process.execPath).pipe(createGzip({ level: 1 })));
    }
    throw new WmsError('not-found', `there is no file ${params.name} here`);
  });
}
