// The OpenAPI 3.1 document, made from the contract's table: there is no second description to keep in step.
import { API_PREFIX, problem, type Route, routes } from '@pilotfish/api-contract';
import { z } from 'zod';

const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return rest;
}

function queryParameters(route: Route): object[] {
  if (route.query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(route.query, 'input') as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function operation(route: Route): object {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inHeader = route.idempotent
    ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', minLength: 8 } }]
    : [];
  const content = (part: z.ZodType | 'bytes', io: 'input' | 'output') =>
    part === 'bytes' ? BYTES : { 'application/json': { schema: schemaOf(part, io) } };
  return {
    operationId: route.id,
    summary: route.summary,
    ...(route.permission === 'public' ? { security: [] } : {}),
    parameters: [...inPath, ...queryParameters(route), ...inHeader],
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: content(route.body, 'input') } }),
    responses: {
      [route.status]: {
        description: 'as asked',
        ...(route.reply === undefined ? {} : { content: content(route.reply, 'output') }),
      },
      default: {
        description: 'problem details (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of Object.values(routes) as Route[]) {
    const path = `${API_PREFIX}${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Pilotfish', version, summary: 'Pilot workload manager for research clouds' },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: schemaOf(problem, 'output') },
    },
  };
}
