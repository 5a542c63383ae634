import type { Caller, Operation } from '@parley/contracts';
import type { z } from 'zod';

// An absent schema is typed as ZodUndefined (see `operation`), so it parses to undefined.
type Parsed<S> = NonNullable<S> extends z.ZodType ? z.output<NonNullable<S>> : undefined;

export interface RequestContext {
  id: string;
  /** The client's address, behind as many proxies as `TRUST_PROXY` says. */
  address: string;
  userAgent: string;
}

export interface RouteInput<O extends Operation> {
  params: Parsed<O['params']>;
  query: Parsed<O['query']>;
  body: Parsed<O['body']>;
  /** Who asks. For public operations: nobody in particular; do not use it there. */
  caller: Caller;
  request: RequestContext;
  /**
   * Tells in the answer's headers that there is more than it holds (see `mayHaveMore`). May be called for several lists.
   * @param next the parameters of the query that ask for what comes next (null: without it), the others as they were; or a
   * relative reference to elsewhere; null: there is no more
   */
  more(next: Record<string, string | number | null> | string | null): void;
}

type RouteOutput<O extends Operation> = O['response'] extends infer R | undefined
  ? R extends z.ZodType
    ? z.input<R>
    : undefined
  : undefined;

/** An operation and what serves it. */
export interface Route {
  operation: Operation;
  handle(input: RouteInput<Operation>): Promise<unknown>;
}

/**
 * Binds a handler to an operation: it gets what the operation's schemas made of the request, and its answer has the response's shape.
 * It throws `AppError`s; the host turns them into Problem Details.
 */
export function route<O extends Operation>(
  operation: O,
  handle: (input: RouteInput<O>) => Promise<RouteOutput<O>>,
): Route {
  return {
    operation: operation as unknown as Operation,
    handle: handle as unknown as Route['handle'],
  };
}
