import { Router } from 'express';
import { answerWithin } from './answer-within.ts';
import type { Metrics } from './metrics.ts';
import type { Service } from './service.ts';

const checkTimeoutMs = 2_000;

async function failingChecks(services: readonly Service[]): Promise<string[]> {
  const checks = services.flatMap((service) =>
    Object.entries(service.checks).map(([name, check]) => ({
      name: `${service.name}.${name}`,
      check,
    })),
  );
  const results = await Promise.all(
    checks.map(async ({ name, check }) => {
      try {
        await answerWithin(checkTimeoutMs, Promise.resolve().then(check));
        return [];
      } catch {
        return [name];
      }
    }),
  );
  return results.flat();
}

/**
 * `/healthz`: the process lives (it asks nobody, so that an outage elsewhere does not restart us).
 * `/readyz`: it can do its work; 503 with the failing checks otherwise, and from the first moment of a shutdown.
 */
export function healthRouter(options: { services: readonly Service[]; metrics: Metrics; isStopping: () => boolean }): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const failing = options.isStopping() ? ['stopping'] : await failingChecks(options.services);
    response.status(failing.length === 0 ? 200 : 503).json({ status: failing.length === 0 ? 'ready' : 'not ready', failing });
  });
  router.get('/metrics', async (_request, response) => {
    response.type(options.metrics.registry.contentType).send(await options.metrics.registry.metrics());
  });
  return router;
}
