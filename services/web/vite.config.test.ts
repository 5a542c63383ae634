import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

const { buildWebClient } = (await import(
  new URL('../../deploy/scripts/lib/build-web-client.mjs', import.meta.url).href
)) as { buildWebClient: () => Promise<void> };

/** Time of the processor, because other tests run beside this one. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

test('the web client makes a cold start at most 10 s longer, and a warm start no longer', async () => {
  const configFile = fileURLToPath(new URL('vite.config.ts', import.meta.url));
  // Vite sets it.
  vi.stubEnv('NODE_ENV', 'production');
  const { build } = await import('vite');
  const cold = await cpuMs(() => build({ configFile, logLevel: 'silent', build: { write: false } }));
  vi.unstubAllEnvs();
  expect(cold).toBeLessThan(10_000);
  // The run has built it before.
  expect(await cpuMs(buildWebClient)).toBeLessThan(500);
});
