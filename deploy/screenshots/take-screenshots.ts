import { join } from 'node:path';
import type { Browser } from '@parley/testkit';
import { password, type Story } from './seed-conversation.ts';

const pictures = [
  { name: 'light.png', username: 'Ada', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { name: 'dark.png', username: 'Cem', colorScheme: 'dark', viewport: { width: 390, height: 800 } },
] as const;

/** Returns the paths of the pictures. */
export async function takeScreenshots(browser: Browser, story: Story, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const { name, username, ...options } of pictures) {
    const context = await browser.newContext({ ...options, locale: 'en-GB', reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${story.url}/rooms/${story.gardenId}`);
    await page.getByLabel('Username or e-mail address').fill(username);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Still to do').first().waitFor();
    await page.waitForLoadState('networkidle');
    await story.type();
    await page.getByText('Bob is typing').waitFor();
    const path = join(folder, name);
    await page.screenshot({ path, animations: 'disabled' });
    paths.push(path);
    await context.close();
  }
  return paths;
}
