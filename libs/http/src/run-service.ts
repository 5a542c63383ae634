import { type BusSettings, busOptions, RabbitBus } from '@parley/bus';
import { createLogger, newId, type Running, systemClock } from '@parley/runtime';
import { type HostConfig, startHost } from './host.ts';
import { Metrics } from './metrics.ts';
import type { Infrastructure, Service } from './service.ts';
import { TokenVerifier } from './token-verifier.ts';

export interface ServiceProcessConfig extends HostConfig, BusSettings {
  LOG_LEVEL: string;
}

/** For what comes after the last request: the consumers, the broker, the database. */
const goodbyeMs = 5_000;

/** The body of a service's `main.ts`: connect to the broker, create the service, serve it. */
export async function runService(
  name: string,
  config: ServiceProcessConfig,
  createService: (infrastructure: Infrastructure) => Promise<Service>,
): Promise<Running> {
  const logger = createLogger({ service: name, level: config.LOG_LEVEL });
  const metrics = new Metrics();
  const bus = await RabbitBus.connect({ ...busOptions(config), logger });
  metrics.watchBus(bus);
  const verifier = new TokenVerifier({ bus, clock: systemClock, logger });
  await verifier.start();
  const service = await createService({
    bus,
    logger,
    metrics,
    verifier,
    clock: systemClock,
    newId,
  });
  const host = await startHost({
    config,
    services: [service],
    verifier,
    metrics,
    logger,
    version,
  });
  return {
    stopWithinMs: config.STOP_GRACE + config.SHUTDOWN_TIMEOUT + goodbyeMs,
    stop: async () => {
      await host.stop();
      await bus.close();
    },
  };
}

/** The system's version, as the documents show it. */
export const version = '0.1.0';
