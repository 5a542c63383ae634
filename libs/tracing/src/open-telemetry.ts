import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, Link, Span, TraceAPI, Tracer } from '@opentelemetry/api';
import { AppError } from '@parley/errors';
import { readTraceParent, type TraceContext, writeTraceParent } from './trace-parent.ts';
import type { OpenSpan, SpanOptions, Tracing } from './tracing.ts';

/** The part of OpenTelemetry that we use. Injected, because it is loaded only if tracing is on. */
export interface OpenTelemetry {
  tracer: Tracer;
  trace: TraceAPI;
  root: Context;
  kinds: Record<NonNullable<SpanOptions['kind']> | 'internal', number>;
  /** The status of a span that failed. */
  failed: number;
  shutDown: () => Promise<void>;
}

/**
 * Tracks the active span with `AsyncLocalStorage`, which slows promises down a little. Without
 * tracing, this cost does not arise.
 */
export class OpenTelemetryTracing implements Tracing {
  readonly #otel: OpenTelemetry;
  readonly #active = new AsyncLocalStorage<TraceContext>();

  constructor(otel: OpenTelemetry) {
    this.#otel = otel;
  }

  current(): string | undefined {
    const active = this.#active.getStore();
    return active && writeTraceParent(active);
  }

  async span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const span = this.#start(name, options);
    const active = span.spanContext();
    const open: OpenSpan = {
      trace: writeTraceParent(active),
      traceId: active.traceId,
      set: (attributes) => void span.setAttributes(attributes),
      fail: (error) => this.#fail(span, error),
    };
    try {
      return await this.#active.run(active, () => work(open));
    } catch (error) {
      this.#fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  record(name: string, { since, ...options }: SpanOptions & { since: number }): string {
    const span = this.#start(name, options, since);
    span.end();
    return writeTraceParent(span.spanContext());
  }

  logFields(): Record<string, string> {
    const active = this.#active.getStore();
    return active ? { traceId: active.traceId, spanId: active.spanId } : {};
  }

  close(): Promise<void> {
    return this.#otel.shutDown();
  }

  #start(name: string, { kind, of, links = [], attributes = {} }: SpanOptions, startTime?: number): Span {
    const { tracer, trace, root, kinds } = this.#otel;
    const members = of ? distinct(of) : [this.#active.getStore()].filter((active) => active !== undefined);
    const [first, ...others] = members;
    const parent = first && others.length === 0 ? first : undefined;
    const linked = distinct(links);
    if (!parent) linked.unshift(...members);
    const options = {
      kind: kinds[kind ?? 'internal'],
      attributes,
      links: linked.map((context): Link => ({ context })),
    };
    const context = parent ? trace.setSpanContext(root, { ...parent, isRemote: true }) : root;
    return tracer.startSpan(name, startTime === undefined ? options : { ...options, startTime }, context);
  }

  #fail(span: Span, error: unknown): void {
    const { code, status } = AppError.from(error);
    span.setAttribute('error.type', code);
    if (status >= 500) span.setStatus({ code: this.#otel.failed });
  }
}

/**
 * Drops contexts that are not recorded if others are: unrecorded members do not justify a trace of
 * their own for a batch.
 */
function distinct(traces: readonly (string | undefined)[]): TraceContext[] {
  const contexts = [...new Set(traces)].flatMap((trace) => readTraceParent(trace) ?? []);
  const recorded = contexts.filter(({ traceFlags }) => traceFlags === 1);
  return recorded.length > 0 ? recorded : contexts.slice(0, 1);
}
