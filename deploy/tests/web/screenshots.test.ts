import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedConversation } from '../../screenshots/seed-conversation.ts';
import { takeScreenshots } from '../../screenshots/take-screenshots.ts';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

await whereBrowsersRun('the pictures of the README', (browser) => {
  let target: Target;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());

  test('can be taken: a room, and the room on a phone', async () => {
    const story = await seedConversation(target.url);
    const paths = await takeScreenshots(browser(), story, temporaryFolder());
    story.end();
    const pictures = paths.map((path) => {
      const png = readFileSync(path);
      return { name: basename(path), width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
    });
    expect(pictures).toEqual([
      { name: 'light.png', width: 1280, height: 800 },
      { name: 'dark.png', width: 390, height: 800 },
    ]);
    for (const { name } of pictures) expect(readme).toContain(`src="deploy/screenshots/${name}"`);
  });
});
