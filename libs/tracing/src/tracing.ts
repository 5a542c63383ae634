/** What spans may tell besides their times: ids, names and counts; never what people write. */
export type Attributes = Record<string, string | number | boolean>;

export interface SpanOptions {
  /** Which side of a hand-over it is. @default internal */
  kind?: 'server' | 'client' | 'producer' | 'consumer';
  /**
   * Trace contexts (`traceparent`) of those whose work it is; absent ones are passed over. One: its parent. Several: it begins a trace and links to each.
   * None: it begins a trace. Not given: it is part of what is under way.
   */
  of?: readonly (string | undefined)[];
  /** Trace contexts that it has to do with otherwise. */
  links?: readonly (string | undefined)[];
  attributes?: Attributes;
}

/** A span that is under way. */
export interface OpenSpan {
  /** Its context. */
  readonly trace: string;
  readonly traceId: string;
  set(attributes: Attributes): void;
  /** It did not succeed. Not an error of ours where the error's status is below 500. */
  fail(error: unknown): void;
}

/**
 * What a process tells of its part in traces. Where tracing is off there is none: whoever has a part asks `if (tracing)`, and nothing else is done.
 * Contexts are W3C `traceparent`s; what is not one counts as absent.
 */
export interface Tracing {
  /** The context of what is under way, to be handed on. */
  current(): string | undefined;

  /** The work is a span, and what it does is under it. Answers, or rejects, as the work does; a rejection fails the span. */
  span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T>;

  /** A span that ends now, of work that has begun at `since` (milliseconds since the epoch). Answers its context. */
  record(name: string, options: SpanOptions & { since: number }): string;

  /** For log lines: `traceId` and `spanId` of what is under way, if anything is. */
  logFields(): Record<string, string>;

  /** Sends what has not been sent, for a moment at most. Never rejects. */
  close(): Promise<void>;
}
