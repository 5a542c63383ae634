import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

const scripts = new URL('../../deploy/scripts/lib/', import.meta.url);
const { build } = (await import(new URL('build.mjs', scripts).href)) as {
  build: (names: readonly string[]) => Promise<void>;
};
/** The parts that `npm start` builds. */
const parts = ['embedded', 'sdk', 'web-client', 'cli'];

/** Time of the processor, because other tests run beside this one. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** The files of these parts, with the times of their last changes. */
function built(): [string, number][] {
  const folder = fileURLToPath(new URL('../../dist/', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((path) => parts.some((part) => path.startsWith(`${part}.`) || path.startsWith(`${part}/`)))
    .map((path) => [path, statSync(folder + path).mtimeMs]);
}

test('the web client makes a cold start at most 10 s longer', async () => {
  const configFile = fileURLToPath(new URL('vite.config.ts', import.meta.url));
  // Vite sets it.
  vi.stubEnv('NODE_ENV', 'production');
  const { build } = await import('vite');
  const cold = await cpuMs(() => build({ configFile, logLevel: 'silent', build: { write: false } }));
  vi.unstubAllEnvs();
  expect(cold).toBeLessThan(10_000);
});

test('a warm start builds nothing', async () => {
  await build(parts);
  const before = built();
  expect(before.length).toBeGreaterThan(parts.length);
  expect(await cpuMs(() => build(parts))).toBeLessThan(500);
  expect(built()).toEqual(before);
});
