import type { ErrorCode } from '@parley/errors';
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
  /** What it may answer beyond what every operation may (401, 413, 422, 429, 500, 503). */
  errors?: readonly ErrorCode[];
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
