import { type BusSettings, busOptions, RabbitBus } from '@parley/bus';
import { TokenVerifier } from '@parley/http';
import { MeasuredBus, Metrics } from '@parley/metrics';
import { createLogger, newId, type Running, systemClock } from '@parley/runtime';
import { startTracing, TracedBus, type TracingSettings } from '@parley/tracing';
import { type HostConfig, startHost } from './host.ts';
import type { Infrastructure, Service } from './service.ts';

export interface ServiceProcessConfig extends HostConfig, BusSettings, TracingSettings {
  LOG_LEVEL: string;
}

/**
 * Time for the steps after the last request: closing the consumers, the broker and the database.
 */
const closeTimeoutMs = 5_000;

/** The body of a service's `main.ts`: connects to the broker, creates the service and serves it. */
export async function runService(
  name: string,
  config: ServiceProcessConfig,
  createService: (infrastructure: Infrastructure) => Promise<Service>,
): Promise<Running> {
  const { tracing, logger } = await startLogging(name, config);
  const metrics = new Metrics();
  const rabbit = await RabbitBus.connect({ ...busOptions(config), logger });
  const measured = new MeasuredBus(rabbit, metrics);
  const bus = tracing ? new TracedBus(measured, tracing) : measured;
  const verifier = new TokenVerifier({ bus, clock: systemClock, logger });
  await verifier.start();
  const service = await createService({
    bus,
    logger,
    metrics,
    verifier,
    clock: systemClock,
    newId,
    tracing,
  });
  const host = await startHost({
    config,
    services: [service],
    verifier,
    metrics,
    logger,
    version,
    tracing,
  });
  return {
    stopWithinMs: config.STOP_GRACE + config.SHUTDOWN_TIMEOUT + closeTimeoutMs,
    stop: async () => {
      await host.stop();
      await bus.close();
      await tracing?.close();
    },
  };
}

/** Creates the process's logger and, if enabled, its tracing. Log lines then carry the trace. */
export async function startLogging(service: string, settings: TracingSettings & { LOG_LEVEL: string }) {
  const tracing = await startTracing({
    settings,
    service,
    version,
    instance: newId(),
    onTrouble: (problem) => logger.warn({ problem }, 'traces cannot be sent; they are dropped'),
  });
  const logger = createLogger({
    service,
    level: settings.LOG_LEVEL,
    fields: tracing && (() => tracing.logFields()),
  });
  return { tracing, logger };
}

/** The system's version, shown in the API documents. */
export const version = '0.1.0';
