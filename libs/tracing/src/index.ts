export { startTracing, type TracingSettings } from './start-tracing.ts';
export { TracedBus } from './traced-bus.ts';
export type { Tracing } from './tracing.ts';
