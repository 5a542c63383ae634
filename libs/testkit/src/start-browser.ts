import { StartError } from '@parley/runtime';
import { ensureDebianPackages, findChromium } from '@parley/servers';
import type { Browser } from 'playwright-core';

export type { Browser };

/**
 * Starts headless Chromium, and first installs it with apt where it is missing.
 * @throws StartError naming what is missing
 */
export async function startBrowser(): Promise<Browser> {
  await ensureChromium();
  // Imported here, because most tests need no browser.
  const { chromium } = await import('playwright-core');
  const executablePath = findChromium();
  if (!executablePath) throw new StartError('Not installed: chromium.');
  // Root cannot use the sandbox, and a container's /dev/shm is small.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** @throws StartError naming what is missing */
export async function ensureChromium(): Promise<void> {
  if (!findChromium()) await ensureDebianPackages(['chromium']);
}
