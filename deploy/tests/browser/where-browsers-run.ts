import { type Browser, ensureChromium, startBrowser } from '@parley/testkit';
import { afterAll, beforeAll, describe, test } from 'vitest';

/**
 * Tests that need a browser. Without one, a single test reports that instead, and the run's summary
 * repeats it.
 */
export async function whereBrowsersRun(
  title: string,
  suite: (browser: () => Browser) => void,
): Promise<void> {
  const missing = await ensureChromium().then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (missing) return test(title, ({ skip }) => skip(missing));
  describe(title, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser();
    });
    afterAll(() => browser?.close());
    suite(() => browser);
  });
}
