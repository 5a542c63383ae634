import {
  type Caller,
  isCanonical,
  type Operation,
  requireOperationGranted,
  requireRoomsGranted,
} from '@parley/contracts';
import { AppError, validationFailed } from '@parley/errors';
import { answerWithin, networkOf } from '@parley/runtime';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { clientAddress } from './address.ts';
import { verifyLimited } from './bad-tokens.ts';
import type { Limiter } from './limiter.ts';
import type { Route, RouteInput } from './route.ts';
import type { TokenVerifier } from './token-verifier.ts';
import { validate } from './validate.ts';

/** Maximum body size: the longest message with every character escaped, and a margin. */
const maxBodyBytes = 256 * 1024;

const nobody: Caller = {
  userId: '',
  username: '',
  sessionId: '',
  organizationId: null,
  organizationRole: null,
  contract: null,
};

/** Clients of `direct` may send the header `token` instead of `Authorization`. */
function bearerToken({ headers: { authorization, token } }: Request): string {
  const given = authorization === undefined ? token : /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (typeof given !== 'string' || given === '') throw new AppError('unauthenticated');
  return given;
}

const parse = (schema: z.ZodType | undefined, value: unknown, whole: string): unknown =>
  schema && validate(schema, value, whole);

const quotedLength = 40;

/**
 * Refuses unknown query parameters of canonical operations, because an ignored `?search=` looks
 * like a search that works. Operations of the client contracts ignore them, because published
 * clients may send extra ones, such as cache busters. They also ignore empty ones, because the
 * documents print them: `?search&page&limit`.
 */
function readQuery(operation: Operation, query: Request['query']): Request['query'] {
  if (!isCanonical(operation))
    return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  const known = Object.keys((operation.query as z.ZodObject | undefined)?.shape ?? {});
  const unknown = Object.keys(query).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw validationFailed(
      ...unknown
        .slice(0, 20)
        .map((name) => ({ field: quote(name), message: messageFor(known), reason: 'unknown' as const })),
    );
  return query;
}

const quote = (name: string) => name.slice(0, quotedLength).toWellFormed();
const messageFor = (known: readonly string[]) =>
  known.length === 0
    ? 'is unknown: this operation has no query parameters'
    : `is unknown: the query parameters of this operation are ${known.join(', ')}`;

const parseJson = express.json({
  limit: maxBodyBytes,
  // `null` is valid JSON: the schema says what the body must be.
  strict: false,
  type: ['application/json', 'application/*+json'],
});

/** Reads the body only after the sender is authenticated. */
async function readBody(request: Request, response: Response): Promise<unknown> {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && !request.is(['application/json', 'application/*+json']))
    throw new AppError('unsupported_media_type');
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
  });
  return request.body;
}

function changed(
  query: Record<string, string | string[]>,
  next: Record<string, string | number | null>,
): URLSearchParams {
  const given = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  const parameters = new URLSearchParams(given);
  for (const [name, value] of Object.entries(next)) {
    if (value === null) parameters.delete(name);
    else parameters.set(name, `${value}`);
  }
  return parameters;
}

/** RFC 8288. A relative reference stays valid behind a proxy that adds a prefix. */
function addFields(request: Request, response: Response): RouteInput<Operation>['more'] {
  return (next) => {
    if (next === null) return;
    const reference =
      typeof next === 'string'
        ? next
        : `?${changed(request.query as Record<string, string | string[]>, next)}`;
    response.setHeader('X-Has-More', 'true');
    response.append('Link', `<${reference}>; rel="next"`);
  };
}

export interface PipelineOptions {
  verifier: TokenVerifier;
  /** `key`: per key, instead of per user. */
  limits: { user: Limiter; key: Limiter; address: Limiter };
  /** Also validates our own answers; a mismatch is a 500. For tests and development. */
  checkResponses: boolean;
  /** A slower answer becomes a `timeout`. */
  answerTimeoutMs: number;
}

const countUse = ({ user, key }: PipelineOptions['limits'], { userId, grant }: Caller, uses = 1) =>
  grant ? key(grant.keyId, uses) : user(userId, uses);

/** Limits come before work: public requests and bad tokens count against their network. */
async function identify(
  request: Request,
  operation: Operation,
  { verifier, limits }: PipelineOptions,
  network: string,
): Promise<Caller> {
  if (operation.access === 'public') {
    await limits.address(`${network}${operation.continuesSession ? ' session' : ''}`);
    return nobody;
  }
  const limited = { verifier, limiter: limits.address };
  const { caller } = await verifyLimited(limited, bearerToken(request), `${network} token`);
  await countUse(limits, caller);
  if (caller.grant) requireOperationGranted(caller.grant, operation);
  return caller;
}

/** Records what a key does, unless the operation does so itself. */
async function recordAction(
  verifier: TokenVerifier,
  caller: Caller,
  { id, scope, recordsItself = false }: Operation,
  { params, requestId }: { params: unknown; requestId: string },
): Promise<void> {
  if (recordsItself) return;
  const { roomId } = (params ?? {}) as { roomId?: unknown };
  await verifier.recordAction(caller, { action: id, scope, roomId, requestId });
}

/** A route as an Express handler: authenticate, limit, read, validate, handle, answer. */
export function pipeline(route: Route, options: PipelineOptions): RequestHandler {
  const { operation, handle } = route;
  return async (request, response) => {
    response.locals.operation = operation;
    const address = clientAddress(request);
    const caller = await identify(request, operation, options, networkOf(address));
    const params = parse(operation.params, request.params, 'path');
    const query = parse(operation.query, readQuery(operation, request.query), 'query');
    const body = operation.body
      ? parse(operation.body, await readBody(request, response), 'body')
      : undefined;
    if (caller.grant) {
      requireRoomsGranted(caller.grant, operation, { params, body });
      await recordAction(options.verifier, caller, operation, { params, requestId: String(request.id) });
    }
    const further = (operation.units?.(body, query) ?? 1) - 1;
    if (further > 0) await countUse(options.limits, caller, further);
    const asked = {
      params: params as undefined,
      query: query as undefined,
      body: body as undefined,
      caller,
      request: {
        id: String(request.id),
        address,
        userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
        idempotencyKey: request.get('idempotency-key'),
      },
      more: addFields(request, response),
    };
    const answer = await answerWithin(options.answerTimeoutMs, handle(asked));
    if (options.checkResponses) operation.response?.parse(answer);
    response.status(operation.status).setHeader('Cache-Control', operation.cacheControl ?? 'no-store');
    if (operation.response) response.json(answer);
    else response.end();
  };
}
