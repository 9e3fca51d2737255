// The table of the contract, the controllers and the OpenAPI document say the same.
import { API_PREFIX, type Route, routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTE } from './http/on.ts';
import { openApiDocument } from './openapi.ts';
import { aRunningApi, type RunningApi } from './running-api.fixture.ts';
import { CONTROLLERS } from './server.ts';

const table: readonly Route[] = Object.values(routes);

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly description: string; readonly content?: object }>;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
}

const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3'))) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every value under `$ref`, however deep. */
function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
  );
}

function resolve(pointer: string): unknown {
  return pointer
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], document);
}

describe('the table of calls', () => {
  it('is bound by the controllers, each row exactly once', () => {
    const bound = CONTROLLERS.flatMap(({ prototype }) =>
      Object.getOwnPropertyNames(prototype).flatMap((name) => {
        const method: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
        const route =
          typeof method === 'function' ? (Reflect.getMetadata(ROUTE, method) as Route | undefined) : undefined;
        return route === undefined ? [] : [route.id];
      }),
    );
    expect(bound.toSorted()).toEqual(Object.keys(routes).toSorted());
  });

  it('has under each name the row of that id, and no two rows for the same call', () => {
    for (const [name, { id }] of Object.entries(routes)) expect(id).toBe(name);
    const calls = table.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`);
    expect(new Set(calls).size).toBe(calls.length);
  });
});

describe('the OpenAPI document', () => {
  it('has one operation for each call, under ids of their own', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.toSorted()).toEqual(Object.keys(routes).toSorted());
  });

  it('names every parameter of a path, as required', () => {
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every(({ required }) => required)).toBe(true);
      const names = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('describes every body, every answer and what stands for a refusal', () => {
    for (const route of table) {
      const path = `${API_PREFIX}${route.path.replace(/:(\w+)/g, '{$1}')}`;
      const operation = document.paths[path]![route.method.toLowerCase()]!;
      expect(operation.summary).toMatch(/./);
      expect(operation.requestBody !== undefined).toBe(route.body !== undefined);
      expect(Object.keys(operation.responses)).toEqual([String(route.status), 'default']);
      expect(operation.responses[String(route.status)]!.content !== undefined).toBe(route.reply !== undefined);
      for (const { description } of Object.values(operation.responses)) expect(description).toMatch(/./);
      expect(operation.security).toEqual(route.permission === 'public' ? [] : undefined);
    }
  });

  it('refers only to what is in it', () => {
    const refs = refsIn(document);
    expect(refs).toContain('#/components/schemas/Problem');
    for (const ref of refs) {
      expect(ref).toMatch(/^#\//);
      expect(resolve(ref), ref).toBeTypeOf('object');
    }
  });
});

describe('what is served without a token', () => {
  let running: RunningApi;
  beforeAll(async () => {
    running = await aRunningApi();
  });
  afterAll(() => running.close());

  const get = (path: string) => fetch(`${running.url}${path}`);

  it('the document', async () => {
    const response = await get('/api/openapi.json');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const { openapi, info, paths } = (await response.json()) as Document;
    expect(openapi).toMatch(/^3\.1\./);
    expect(info).toMatchObject({ title: 'Pilotfish', version: '0.0.0-test' });
    expect(Object.keys(paths)).toEqual(Object.keys(document.paths));
  });

  it('the schema of a job, health and metrics', async () => {
    const schema = (await (await get('/api/v1/schemas/job.json')).json()) as { properties: object };
    expect(Object.keys(schema.properties)).toContain('executable');
    expect(await (await get('/health/live')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/health/ready')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/metrics')).text()).toMatch(/^pilotfish_http_request_seconds_bucket/m);
  });

  it('nothing else: an unknown path and an unknown file are problems', async () => {
    for (const path of ['/api/v1/nothing', '/', '/files/..%2f..%2fetc%2fpasswd', '/files/agent.map']) {
      const response = await get(path);
      expect(response.status, path).toBe(404);
      expect(response.headers.get('content-type'), path).toMatch(/^application\/problem\+json/);
      expect(await response.json(), path).toMatchObject({ status: 404, code: 'not-found' });
    }
  });

  it('metrics in trouble are a problem that tells nothing of the inside', async () => {
    const other = await aRunningApi();
    await other.api.db.close();
    const response = await fetch(`${other.url}/metrics`);
    expect(response.status).toBeGreaterThanOrEqual(500);
    expect(await response.json()).toMatchObject({ requestId: expect.stringMatching(/./) });
    expect((await fetch(`${other.url}/health/ready`)).status).toBe(503);
    await other.close();
  });

  it('closed to everybody without a token is every other call', async () => {
    for (const route of table.filter(({ permission }) => permission !== 'public')) {
      const path = `${API_PREFIX}${route.path.replace(/:\w+/g, '1')}`;
      const response = await fetch(`${running.url}${path}`, { method: route.method });
      expect(response.status, `${route.method} ${path}`).toBe(401);
    }
  });
});
