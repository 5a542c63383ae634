/** Attributes of spans: ids, names and counts; never what users write. */
type Attributes = Record<string, string | number | boolean>;

export interface SpanOptions {
  /** The span's role between processes. @default internal */
  kind?: 'server' | 'client' | 'producer' | 'consumer';
  /**
   * Trace contexts (`traceparent`) of the work that this span is part of; absent ones are ignored.
   * One becomes the parent. With several, the span begins a trace and links to each of them. With
   * none, it begins a trace.
   * @default the active span
   */
  of?: readonly (string | undefined)[];
  /** Trace contexts of other related work. */
  links?: readonly (string | undefined)[];
  attributes?: Attributes;
}

/** A span that has not ended. */
export interface OpenSpan {
  /** The span's context. */
  readonly trace: string;
  readonly traceId: string;
  set(attributes: Attributes): void;
  /**
   * Marks the span with the error. An error with a status below 500 does not count as our failure.
   */
  fail(error: unknown): void;
}

/**
 * Records a process's spans. Undefined if tracing is off; callers guard with `if (tracing)`.
 * Contexts are W3C `traceparent`s; a malformed one counts as absent.
 */
export interface Tracing {
  /** The context of the active span, to pass on to other processes. */
  current(): string | undefined;

  /** Runs the work within a span and settles as the work does. A rejection fails the span. */
  span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T>;

  /**
   * Records a span that began at `since` (milliseconds since the epoch) and ends now. Returns its
   * context.
   */
  record(name: string, options: SpanOptions & { since: number }): string;

  /** For log lines: `traceId` and `spanId` of the active span, if there is one. */
  logFields(): Record<string, string>;

  /** Sends the remaining spans, within a short time limit. Never rejects. */
  close(): Promise<void>;
}
