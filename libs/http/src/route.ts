import type { Caller, Operation } from '@parley/contracts';
import type { z } from 'zod';

// An absent schema is typed as ZodUndefined (see `operation`), so it parses to undefined.
type Parsed<S> = NonNullable<S> extends z.ZodType ? z.output<NonNullable<S>> : undefined;

interface RequestContext {
  id: string;
  /** The client's address, behind as many proxies as `TRUST_PROXY` says. */
  address: string;
  userAgent: string;
  /** The header `Idempotency-Key`, as it was sent. */
  idempotencyKey: string | undefined;
}

export interface RouteInput<O extends Operation> {
  params: Parsed<O['params']>;
  query: Parsed<O['query']>;
  body: Parsed<O['body']>;
  /** The authenticated user. Meaningless for public operations; do not use it there. */
  caller: Caller;
  request: RequestContext;
  /**
   * Announces further results in the headers of the answer (see `mayHaveMore`). An operation may
   * call it for several lists.
   * @param next query parameters of the next request, added to the current ones (null removes one);
   *   or a relative reference to another resource; null means that nothing follows
   */
  more(next: Record<string, string | number | null> | string | null): void;
}

type RouteOutput<O extends Operation> = Promise<z.input<NonNullable<O['response']>>>;

/** An operation and its handler. */
export interface Route {
  operation: Operation;
  handle(input: RouteInput<Operation>): Promise<unknown>;
}

/**
 * Binds a handler to an operation. The handler gets the parsed request and returns the response. It
 * throws `AppError`s, which the host turns into Problem Details.
 */
export function route<O extends Operation>(
  operation: O,
  handle: (input: RouteInput<O>) => RouteOutput<O>,
): Route {
  return {
    operation: operation as unknown as Operation,
    handle: handle as unknown as Route['handle'],
  };
}
