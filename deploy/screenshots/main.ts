import { fileURLToPath } from 'node:url';
import { redactError, StartError } from '@parley/runtime';
import { ensureDebianPackages, hasDebianPackage } from '@parley/servers';
import { startBrowser, temporaryFolder } from '@parley/testkit';
import { loadEmbeddedConfig } from '../embedded/config.ts';
import { startEmbedded } from '../embedded/start-embedded.ts';
import { seedConversation } from './seed-conversation.ts';
import { takeScreenshots } from './take-screenshots.ts';

/** Browsers have no emoji without it, and no Chinese. */
const fonts = ['fonts-droid-fallback', 'fonts-inter', 'fonts-noto-color-emoji'];

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  await ensureDebianPackages(fonts.filter((name) => !hasDebianPackage(name)));
  const config = loadEmbeddedConfig({ PORT: '0', DATA_DIR: temporaryFolder(), PRESENCE_GRACE: '100ms' });
  const { url, stop } = await startEmbedded(config);
  const browser = await startBrowser();
  try {
    const story = await seedConversation(url);
    const folder = fileURLToPath(new URL('.', import.meta.url));
    for (const path of await takeScreenshots(browser, story, folder)) console.log(path);
    story.end();
  } finally {
    await browser.close();
    await stop();
  }
} catch (error) {
  console.error(error instanceof StartError ? error.message : redactError(error));
  process.exitCode = 1;
}
