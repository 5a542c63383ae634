import { type ErrorCode, errorTable } from '@parley/errors';
import type { z } from 'zod';

export type ServiceName = 'auth' | 'directory' | 'messages' | 'notifications' | 'gateway';

/** One REST call: the one truth for its route, validation, types and OpenAPI entry. */
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
  /** OpenAPI tag, or tags where several client contracts state the same call. */
  tag: string | readonly string[];
  summary: string;
  description?: string;
  /** `public`: no token. @default 'user' */
  access?: 'user' | 'public';
  params?: P;
  query?: Q;
  body?: B;
  /** Status of success. */
  status: 200 | 201 | 202 | 204;
  /** Absent: no body (204). */
  response?: R;
  /** `Cache-Control` of a success. @default 'no-store' */
  cacheControl?: string;
  /** What it may answer beyond what every operation may (400 or 422, 401, 413, 429, 500, 503). */
  errors?: readonly ErrorCode[];
  /** Statuses that a client contract states for errors that have another one in the table. */
  statuses?: Partial<Record<ErrorCode, number>>;
  /**
   * The response may hold a part of what was asked for. The headers then say so: `X-Has-More: true`, and a `Link` with
   * `rel="next"`, relative to the request's address.
   * @default false
   */
  mayHaveMore?: boolean;
}

/** Whether a call belongs to the canonical API; the others are the client contracts' own. */
export const isCanonical = ({ path }: Pick<Operation, 'path'>): boolean => path.startsWith('/api/v1/');

/**
 * The status of an error. On the client contracts' own routes invalid input is 400, as their clients expect; the
 * canonical API has 422.
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

/** Keeps the exact schema types. */
export const operation = <
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodUndefined,
>(
  definition: Operation<P, Q, B, R>,
): Operation<P, Q, B, R> => definition;
