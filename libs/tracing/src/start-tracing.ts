import { atMost } from '@parley/runtime/async';
import { type OpenTelemetry, OpenTelemetryTracing } from './open-telemetry.ts';
import type { Tracing } from './tracing.ts';

export interface TracingSettings {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' | 'http/json';
  OTEL_TRACES_SAMPLER: `${'parentbased_' | ''}${'always_on' | 'always_off' | 'traceidratio'}`;
  OTEL_TRACES_SAMPLER_ARG: number;
  NAMESPACE: string;
}

export interface TracingOptions {
  settings: TracingSettings;
  /** The service that the spans belong to. */
  service: string;
  version: string;
  /** Identifies this process. */
  instance: string;
  /** Called when traces cannot be sent. They are lost; nothing else is affected. */
  onTrouble: (problem: string) => void;
}

/** Ended spans are sent this often, or earlier if many have accumulated. */
const sendEveryMs = 1_000;
const maxShutdownMs = 2_000;

/** Undefined if tracing is off; OpenTelemetry is not even loaded then. */
export async function startTracing({
  settings,
  service,
  version,
  instance,
  onTrouble,
}: TracingOptions): Promise<Tracing | undefined> {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint) return undefined;
  const [api, sdk, resources, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    settings.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/json'
      ? import('@opentelemetry/exporter-trace-otlp-http')
      : import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  const silent = () => undefined;
  api.diag.setLogger(
    { error: onTrouble, warn: onTrouble, info: silent, debug: silent, verbose: silent },
    api.DiagLogLevel.WARN,
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': service,
      'service.namespace': settings.NAMESPACE,
      'service.version': version,
      'service.instance.id': instance,
    }),
    sampler: samplerOf(sdk, settings),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: sendEveryMs })],
  });
  const { SpanKind, SpanStatusCode } = api;
  const otel: OpenTelemetry = {
    tracer: provider.getTracer('parley', version),
    trace: api.trace,
    root: api.ROOT_CONTEXT,
    kinds: {
      internal: SpanKind.INTERNAL,
      server: SpanKind.SERVER,
      client: SpanKind.CLIENT,
      producer: SpanKind.PRODUCER,
      consumer: SpanKind.CONSUMER,
    },
    failed: SpanStatusCode.ERROR,
    shutDown: () => atMost(maxShutdownMs, provider.shutdown()).catch(silent),
  };
  return new OpenTelemetryTracing(otel);
}

function samplerOf(sdk: typeof import('@opentelemetry/sdk-trace'), settings: TracingSettings) {
  const [kind] = settings.OTEL_TRACES_SAMPLER.split('_').slice(-1);
  const own = {
    on: () => new sdk.AlwaysOnSampler(),
    off: () => new sdk.AlwaysOffSampler(),
    traceidratio: () => new sdk.TraceIdRatioBasedSampler(settings.OTEL_TRACES_SAMPLER_ARG),
  }[kind as 'on' | 'off' | 'traceidratio']();
  return settings.OTEL_TRACES_SAMPLER.startsWith('parentbased_')
    ? new sdk.ParentBasedSampler({ root: own })
    : own;
}
