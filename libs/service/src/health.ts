import type { Metrics } from '@parley/metrics';
import { answerWithin, shareResult } from '@parley/runtime';
import { Router } from 'express';
import type { Service } from './service.ts';

const checkTimeoutMs = 2_000;
/** Balancers ask all the time, and each check costs every dependency a request. */
const passHoldsMs = 2_000;
/** How long a page of metrics is given without collecting them again. */
const metricsHoldMs = 250;

/** Runs all checks of the services. */
function checkAll(services: readonly Service[]): Promise<{ name: string; passes: boolean }[]> {
  const checks = services.flatMap((service) =>
    Object.entries(service.checks).map(([name, check]) => [`${service.name}.${name}`, check] as const),
  );
  return Promise.all(
    checks.map(async ([name, check]) => {
      const answered = answerWithin(checkTimeoutMs, Promise.resolve().then(check));
      return { name, passes: await answered.then(() => true).catch(() => false) };
    }),
  );
}

async function failingChecks(services: readonly Service[]): Promise<string[]> {
  return (await checkAll(services)).flatMap(({ name, passes }) => (passes ? [] : [name]));
}

/** Exports the checks of `/readyz` as a metric. Each scrape runs them again. */
export function showChecks(services: readonly Service[], metrics: Metrics): void {
  metrics.gauge('check_passing', 'Whether a dependency of a service responds', ['check'], async (gauge) => {
    for (const { name, passes } of await checkAll(services)) gauge.set({ check: name }, passes ? 1 : 0);
  });
}

/**
 * `/healthz`: the process is alive. It checks no dependencies, so that an outage elsewhere does not
 * restart the process.
 *
 * `/readyz`: the process can do its work. Answers 503 with the failing checks otherwise, and from
 * the start of a shutdown. Once all checks have passed, they are not repeated for two seconds.
 */
export function healthRouter(options: { services: readonly Service[]; isStopping: () => boolean }): Router {
  const router = Router();
  const { services, isStopping } = options;
  const failures = shareResult(
    () => failingChecks(services),
    (failing) => (failing.length === 0 ? passHoldsMs : 0),
  );
  router.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const failing = isStopping() ? ['stopping'] : await failures();
    response
      .status(failing.length === 0 ? 200 : 503)
      .json({ status: failing.length === 0 ? 'ready' : 'not ready', failing });
  });
  return router;
}

export function metricsRouter({ registry }: Metrics): Router {
  const page = shareResult(
    () => registry.metrics(),
    () => metricsHoldMs,
  );
  return Router().get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await page());
  });
}
