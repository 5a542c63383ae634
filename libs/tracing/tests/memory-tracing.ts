import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { OpenTelemetryTracing } from '../src/open-telemetry.ts';

/** The production implementation, with spans collected in memory. */
export function memoryTracing(sampler?: Sampler): {
  tracing: OpenTelemetryTracing;
  spans: () => ReadableSpan[];
} {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    ...(sampler && { sampler }),
  });
  const { INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER } = SpanKind;
  const tracing = new OpenTelemetryTracing({
    tracer: provider.getTracer('test'),
    trace,
    root: ROOT_CONTEXT,
    kinds: { internal: INTERNAL, server: SERVER, client: CLIENT, producer: PRODUCER, consumer: CONSUMER },
    failed: SpanStatusCode.ERROR,
    shutDown: () => provider.shutdown(),
  });
  return { tracing, spans: () => exporter.getFinishedSpans() };
}

export const nothing = () => memoryTracing(new AlwaysOffSampler());
