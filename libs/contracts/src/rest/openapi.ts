import { type ErrorCode, errorCodes } from '@parley/errors';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiHeadersObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { draft } from '../schemas/account.ts';
import { fieldError } from '../schemas/field-error.ts';
import { hookPayload } from '../schemas/hook.ts';
import { message } from '../schemas/message.ts';
import { type Operation, statusOf } from './operation.ts';
import { type Pasted, pasteInto } from './pasted.ts';
import { grace, type WalkthroughStep, walkthrough, walkthroughStep } from './walkthrough.ts';

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(errorCodes),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(fieldError).optional(),
    retryAfterMs: z.number().int().optional(),
    limit: z
      .string()
      .optional()
      .meta({ description: 'the limit that was exceeded, such as `30 per hour and address`' }),
    setting: z.string().optional().meta({ description: 'the server setting that determines `limit`' }),
    current: z
      .object({ seq: z.number().int(), message: message.optional(), draft: draft.nullish() })
      .optional()
      .meta({
        description: 'of `state_changed`: the last change, and the message or draft that has changed',
      }),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 Problem Details; `code` is stable and meant for programs',
  });

/** The endpoints for documents, health and metrics, which every service has. */
const platformPaths: ZodOpenApiPathsObject = Object.fromEntries(
  [
    ['/healthz', 'Liveness of the process', 'application/json'],
    ['/readyz', 'Readiness: 200, or 503 with the failing checks', 'application/json'],
    ['/openapi.json', 'This document', 'application/json'],
    ['/asyncapi.json', 'AsyncAPI document of the socket events; at the public address', 'application/json'],
    ['/docs', 'Swagger UI for this document', 'text/html'],
    ['/sdk/parley-client.js', 'The typed client, as an ES module for browsers', 'text/javascript'],
    ['/sdk/parley-client-copy-check.js', 'The part of it that checks copies', 'text/javascript'],
    ['/sdk/parley-client-account.js', 'The part of it that follows accounts', 'text/javascript'],
    ['/sdk/parley-client.d.ts', 'Its types', 'text/plain'],
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

/** The request that webhooks send. */
const roomChanges: ZodOpenApiOperationObject = {
  tags: ['hooks'],
  summary: 'What happened in a room, sent to the URL of a webhook',
  description:
    'With the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks.',
  security: [],
  requestBody: { required: true, content: { 'application/json': { schema: hookPayload } } },
  responses: {
    '2XX': { description: 'Handled: the next delivery follows' },
    410: { description: 'The webhook ends' },
    default: { description: 'The delivery is repeated, after pauses that grow to an hour' },
  },
};

/** Extension of the document: placeholder in its examples → field of an earlier response. */
const placeholders = 'x-placeholders';
/** Extension of an operation: the operations whose `accessToken` its example is sent with. */
const signedWith = 'x-signed-with';

/** Extension of an operation: the scope that a key needs. Absent: keys may not call it. */
const neededScope = 'x-scope';

/** `/rooms/:roomId` → `/rooms/{roomId}` */
export const openApiPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

const moreHeaders: ZodOpenApiHeadersObject = {
  'X-Has-More': {
    description: '`true` when further results exist',
    schema: { type: 'string', enum: ['true'] },
  },
  Link: {
    description: '`rel="next"`: address of the next part, relative to this one',
    schema: { type: 'string' },
  },
};

function describe(operation: Operation): ZodOpenApiOperationObject {
  const open = operation.access === 'public';
  const codes: ErrorCode[] = [
    ...(open ? [] : (['unauthenticated', 'token_expired', 'insufficient_scope'] as const)),
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
  const { tag, step } = walkthroughStep(operation.id) ?? { tag: [operation.tag].flat()[0] ?? '', step: {} };
  const params = operation.params as z.ZodObject | undefined;
  const query = operation.query as z.ZodObject | undefined;
  return {
    operationId: operation.id,
    tags: [tag],
    summary: operation.summary,
    ...describeInWords(operation, step),
    ...(open ? { security: [] } : { [signedWith]: (step.by ?? grace).tokensFrom }),
    ...(operation.scope && { [neededScope]: operation.scope }),
    ...((params || query) && {
      requestParams: {
        ...(params && { path: params }),
        ...(query && { query }),
      },
    }),
    ...(operation.body && {
      requestBody: {
        required: true,
        ...describeExample(step.body),
        content: {
          'application/json': { schema: operation.body, example: pasteInto(step.body, ({ shown }) => shown) },
        },
      },
    }),
    responses,
  };
}

function describeInWords({ description }: Operation, { by, refused }: WalkthroughStep) {
  const parts = [
    description,
    by && `The example is sent by ${by.name}, with the \`accessToken\` of \`${by.tokensFrom[0]}\`.`,
    refused && `The example is refused (${refused.status}): ${refused.because}.`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? {} : { description: parts.join(' ') };
}

const responseTo = ({ from }: Pasted) => {
  const [operationId, ...path] = from.split('.');
  return `\`${path.join('.')}\` of the response to \`${operationId}\``;
};

/** The source of each placeholder. */
function placeholdersOf(operations: readonly Operation[]): Record<string, string> {
  const steps = operations.flatMap(({ id }) => walkthroughStep(id)?.step ?? []);
  const placeholders: Record<string, string> = {};
  pasteInto(steps, ({ shown, from }) => {
    placeholders[shown] = from;
  });
  return placeholders;
}

/** Explains which values to paste into the example of a body. */
function describeExample(example: unknown): { description?: string } {
  const pasted = new Set<string>();
  pasteInto(example, (each) => pasted.add(responseTo(each)));
  return pasted.size === 0 ? {} : { description: `Paste into the example: ${[...pasted].join('; ')}.` };
}

/**
 * Swagger UI sends the example of every parameter. Examples of path parameters state their source.
 * Optional query parameters have no examples, because an invented cursor or filter finds nothing.
 */
function withParameterExamples(document: OpenApiDocument): OpenApiDocument {
  for (const item of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(item ?? {}) as {
      operationId?: string;
      parameters?: Parameter[];
    }[]) {
      const { params = {} } = walkthroughStep(operation.operationId ?? '')?.step ?? {};
      for (const parameter of operation.parameters ?? []) {
        const { example: _example, examples: _examples, ...schema } = parameter.schema ?? {};
        parameter.schema = schema;
        const pasted = parameter.in === 'path' ? params[parameter.name] : undefined;
        if (pasted) Object.assign(parameter, { example: pasted.shown, description: responseTo(pasted) });
      }
    }
  }
  return document;
}

interface Parameter {
  name: string;
  in: string;
  schema?: Record<string, unknown>;
}
type OpenApiDocument = ReturnType<typeof createDocument>;

/**
 * Sorts operations by the walkthrough. A path appears where its last operation does, which may
 * delete resources that others need.
 */
function inOrder(operations: readonly Operation[]): Operation[] {
  const positions = new Map(
    Object.values(walkthrough)
      .flatMap(({ steps }) => Object.keys(steps))
      .map((id, index) => [id, index]),
  );
  const positionOf = ({ id }: Operation) => positions.get(id) ?? positions.size;
  const lasts = new Map<string, number>();
  for (const operation of operations)
    lasts.set(operation.path, Math.max(lasts.get(operation.path) ?? 0, positionOf(operation)));
  return [...operations].sort(
    (a, b) => (lasts.get(a.path) ?? 0) - (lasts.get(b.path) ?? 0) || positionOf(a) - positionOf(b),
  );
}

/** The OpenAPI 3.1 document of these operations. */
export function openApiDocument(
  operations: readonly Operation[],
  options: { version: string },
): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of inOrder(operations)) {
    const path = openApiPath(operation.path);
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: options.version,
      description:
        'The REST API for rooms, messages and presence. Real-time events use Socket.IO or ' +
        'WebSocket: see `/asyncapi.json`. The examples work when executed from top to bottom: ' +
        'this page replaces the ids and tokens in them by those of earlier responses. Other ' +
        'programs read the sources from `x-placeholders` and `x-signed-with`.',
    },
    // Relative to this document's own address, so that it works under every prefix.
    servers: [{ url: '.' }],
    security: [{ bearer: [] }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
    tags: [
      ...Object.entries(walkthrough).map(([name, { description }]) => ({ name, description })),
      { name: 'platform' },
    ],
    paths: { ...paths, ...platformPaths },
    webhooks: { 'room.changes': { post: roomChanges } },
    [placeholders]: placeholdersOf(operations),
  });
  return withParameterExamples(document);
}
