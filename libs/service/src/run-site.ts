import { createSiteApp } from '@parley/http';
import { Metrics } from '@parley/metrics';
import { createLogger, type Logger, type Running } from '@parley/runtime';
import { type Host, type ServeConfig, serve } from './serve.ts';
import type { Service } from './service.ts';

export interface SiteConfig extends ServeConfig {
  LOG_LEVEL: string;
}

/** Time to exit after the last request. */
const closeTimeoutMs = 1_000;

/**
 * Serves the pages and files of a service that has no API. It needs no broker and no other service.
 */
export function startSite(config: ServeConfig, service: Service, logger: Logger): Promise<Host> {
  const sites = service.site ? [service.site] : [];
  return serve({ config, services: [service], metrics: new Metrics(), logger }, (pages) =>
    createSiteApp({ sites, pages, logger }),
  );
}

/** The body of the `main.ts` of such a service. */
export async function runSite(config: SiteConfig, service: Service): Promise<Running> {
  const logger = createLogger({ service: service.name, level: config.LOG_LEVEL });
  const host = await startSite(config, service, logger);
  return {
    stopWithinMs: config.STOP_GRACE + config.SHUTDOWN_TIMEOUT + closeTimeoutMs,
    stop: () => host.stop(),
  };
}
