export { startTracing, type TracingOptions, type TracingSettings } from './start-tracing.ts';
export { TracedBus } from './traced-bus.ts';
export type { Attributes, OpenSpan, SpanOptions, Tracing } from './tracing.ts';
