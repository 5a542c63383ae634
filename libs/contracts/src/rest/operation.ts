import { type ErrorCode, errorTable } from '@parley/errors';
import type { z } from 'zod';
import type { Scope } from '../schemas/scope.ts';

export type ServiceName = 'auth' | 'directory' | 'messages' | 'notifications' | 'hooks' | 'gateway' | 'web';

/** One REST operation: the single source for its route, validation, types and OpenAPI entry. */
export interface Operation<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  /** OpenAPI operationId; unique. */
  id: string;
  service: ServiceName;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express path, parameters as `:name`. */
  path: string;
  /** OpenAPI tag, or tags when several client contracts share the operation. */
  tag: string | readonly string[];
  summary: string;
  description?: string;
  /** `public`: requires no token. @default 'user' */
  access?: 'user' | 'public';
  /**
   * The scope that a token with scopes needs, such as that of a key. Absent: such tokens are
   * refused. Tokens of users have no scopes and need none.
   */
  scope?: Scope;
  /** Whether a key may call it as itself, without acting for a user. @default false */
  asKey?: boolean;
  /** Its use case records the actions of keys, with the user concerned. @default false */
  recordsItself?: boolean;
  /**
   * The rooms of a request, for tokens that are limited to rooms; null: any. `none`: the operation
   * concerns no room, or its use case leaves out those that the token may not see. Absent: the path
   * parameter `roomId`, or else any.
   */
  roomsOf?: 'none' | ((body: z.output<B>) => readonly string[] | null);
  /**
   * A public operation that continues a session has a budget of its own per address, so that the
   * logins of others at the same address do not end the session.
   * @default false
   */
  continuesSession?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  /** How many requests the rate limit counts it as. @default 1 */
  units?(body: z.output<B>, query: z.output<Q>): number;
  /** Status on success. */
  status: 200 | 201 | 202 | 204;
  /** Absent: no body (204). */
  response?: R;
  /** `Cache-Control` of a success. @default 'no-store' */
  cacheControl?: string;
  /** Possible errors in addition to the common ones (400 or 422, 401, 413, 429, 500, 503). */
  errors?: readonly ErrorCode[];
  /** Statuses that a client contract defines differently from the error table. */
  statuses?: Partial<Record<ErrorCode, number>>;
  /**
   * Whether the response may be incomplete. The headers `X-Has-More: true` and `Link` with
   * `rel="next"` (relative to the request's address) then announce the rest.
   * @default false
   */
  mayHaveMore?: boolean;
}

/** Whether an operation belongs to the canonical API rather than to a client contract. */
export const isCanonical = ({ path }: Pick<Operation, 'path'>): boolean => path.startsWith('/api/v1/');

/**
 * The HTTP status of an error. Invalid input is 400 on routes of client contracts, as their clients
 * expect, and 422 in the canonical API.
 */
export function statusOf(
  code: ErrorCode,
  operation: Pick<Operation, 'path' | 'statuses'> | undefined,
): number {
  const stated = operation?.statuses?.[code];
  if (stated !== undefined) return stated;
  if (code === 'validation_failed' && operation && !isCanonical(operation)) return 400;
  return errorTable[code].status;
}

/** Keeps the exact schema types. Without a response, a handler may return `Promise<void>`. */
export const operation = <
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodVoid,
>(
  definition: Operation<P, Q, B, R>,
): Operation<P, Q, B, R> => definition;
