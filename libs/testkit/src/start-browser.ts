import { StartError } from '@parley/runtime';
import { ensureDebianPackages, findChromium } from '@parley/servers';
import type { Browser } from 'playwright-core';

export type { Browser };

/**
 * Chromium without a window; installed by apt first where it is missing and that is possible.
 * @throws StartError that names what is missing
 */
export async function startBrowser(): Promise<Browser> {
  await ensureChromium();
  // Loaded here, since most tests need no browser.
  const { chromium } = await import('playwright-core');
  const executablePath = findChromium();
  if (!executablePath) throw new StartError('Not installed: chromium.');
  // Root may not use the sandbox, and a container's /dev/shm is small.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** @throws StartError that names what is missing */
export async function ensureChromium(): Promise<void> {
  if (!findChromium()) await ensureDebianPackages(['chromium']);
}
