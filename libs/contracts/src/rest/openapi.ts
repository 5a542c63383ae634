import { type ErrorCode, errorCodes } from '@parley/errors';
import { z } from 'zod';
import { createDocument, type ZodOpenApiHeadersObject, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { type Operation, statusOf } from './operation.ts';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(errorCodes),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    retryAfterMs: z.number().int().optional(),
    limit: z.string().optional().meta({ description: 'the limit that was reached, such as `30 per hour and address`' }),
    setting: z.string().optional().meta({ description: 'the setting of the server that determines `limit`' }),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 Problem Details; `code` is stable and meant for programs',
  });

/** What the documents, health and metrics endpoints of every service look like. */
const platformPaths: ZodOpenApiPathsObject = Object.fromEntries(
  [
    ['/healthz', 'Whether the process lives', 'application/json'],
    ['/readyz', 'Whether it can serve: 200, or 503 with the failing checks', 'application/json'],
    ['/metrics', 'Prometheus metrics', 'text/plain'],
    ['/openapi.json', 'This document', 'application/json'],
    ['/asyncapi.json', 'What is said over sockets, as an AsyncAPI document; at the public address', 'application/json'],
    ['/docs', 'This document, to read and try out', 'text/html'],
  ].map(([path, summary, type]) => [
    path,
    {
      get: {
        tags: ['platform'],
        summary,
        security: [],
        responses: {
          200: { description: 'OK', content: { [type as string]: {} } },
        },
      },
    },
  ]),
) as ZodOpenApiPathsObject;

/** `/rooms/:roomId` → `/rooms/{roomId}` */
export const openApiPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

const moreHeaders: ZodOpenApiHeadersObject = {
  'X-Has-More': { description: '`true`: there is more than this answer holds', schema: { type: 'string', enum: ['true'] } },
  Link: { description: '`rel="next"`: where it goes on, relative to this address', schema: { type: 'string' } },
};

function describe(operation: Operation): ZodOpenApiOperationObject {
  const open = operation.access === 'public';
  const codes: ErrorCode[] = [
    ...(open ? [] : (['unauthenticated', 'token_expired'] as const)),
    ...(operation.errors ?? []),
    'validation_failed',
    'rate_limit',
  ];
  const statuses = [...new Set(codes.map((code) => statusOf(code, operation)))].sort((a, b) => a - b);
  const responses: ZodOpenApiOperationObject['responses'] = {
    [`${operation.status}`]: {
      description: 'Success',
      ...(operation.mayHaveMore && { headers: moreHeaders }),
      ...(operation.response && {
        content: { 'application/json': { schema: operation.response } },
      }),
    },
  };
  for (const status of statuses) {
    const group = [...new Set(codes)].filter((code) => statusOf(code, operation) === status);
    responses[`${status as 400}`] = {
      description: [...new Set(group)].map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: problem } },
    };
  }
  const params = operation.params as z.ZodObject | undefined;
  const query = operation.query as z.ZodObject | undefined;
  return {
    operationId: operation.id,
    tags: [operation.tag].flat(),
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    ...(open && { security: [] }),
    ...((params || query) && {
      requestParams: {
        ...(params && { path: params }),
        ...(query && { query }),
      },
    }),
    ...(operation.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: operation.body } },
      },
    }),
    responses,
  };
}

/** The OpenAPI 3.1 document of these operations. */
export function openApiDocument(operations: readonly Operation[], options: { version: string }): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = { ...platformPaths };
  for (const operation of operations) {
    const path = openApiPath(operation.path);
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: options.version,
      description: 'Rooms, messages, presence: the REST side. Real-time events travel by Socket.IO and WebSocket: see `/asyncapi.json`.',
    },
    // Relative to this document's own address, and so right under every prefix.
    servers: [{ url: '.' }],
    security: [{ bearer: [] }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
    paths,
  });
}
