import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, Link, Span, TraceAPI, Tracer } from '@opentelemetry/api';
import { AppError } from '@parley/errors';
import { type Place, readTraceParent, writeTraceParent } from './trace-parent.ts';
import type { OpenSpan, SpanOptions, Tracing } from './tracing.ts';

/** What of OpenTelemetry is used here. Handed in, since it is loaded only where tracing is on. */
export interface OpenTelemetry {
  tracer: Tracer;
  trace: TraceAPI;
  root: Context;
  kinds: Record<NonNullable<SpanOptions['kind']> | 'internal', number>;
  /** The status of a span that failed. */
  failed: number;
  shutDown: () => Promise<void>;
}

/** See `Tracing`. What is under way is known by Node's `AsyncLocalStorage`, which slows promises down a little; nobody has it where tracing is off. */
export class OpenTelemetryTracing implements Tracing {
  readonly #otel: OpenTelemetry;
  readonly #present = new AsyncLocalStorage<Place>();

  constructor(otel: OpenTelemetry) {
    this.#otel = otel;
  }

  current(): string | undefined {
    const place = this.#present.getStore();
    return place && writeTraceParent(place);
  }

  async span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const span = this.#start(name, options);
    const place = span.spanContext();
    const open: OpenSpan = {
      trace: writeTraceParent(place),
      traceId: place.traceId,
      set: (attributes) => void span.setAttributes(attributes),
      fail: (error) => this.#fail(span, error),
    };
    try {
      return await this.#present.run(place, () => work(open));
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
    const place = this.#present.getStore();
    return place ? { traceId: place.traceId, spanId: place.spanId } : {};
  }

  close(): Promise<void> {
    return this.#otel.shutDown();
  }

  #start(name: string, { kind, of, links = [], attributes = {} }: SpanOptions, startTime?: number): Span {
    const { tracer, trace, root, kinds } = this.#otel;
    const members = of ? distinct(of) : [this.#present.getStore()].filter((place) => place !== undefined);
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

/** Of those that are recorded, if there are any: a batch is not worth a trace because of members that are not. */
function distinct(traces: readonly (string | undefined)[]): Place[] {
  const places = [...new Set(traces)].flatMap((trace) => readTraceParent(trace) ?? []);
  const recorded = places.filter(({ traceFlags }) => traceFlags === 1);
  return recorded.length > 0 ? recorded : places.slice(0, 1);
}
