import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { createRoom, focused, row, tabTo, write } from './tab.ts';
import { createVisitors, Visitor } from './visitor.ts';

await whereBrowsersRun('the search in the web client', (browser) => {
  let target: Target;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());
  const { registerAt } = createVisitors(browser, () => target);

  test('finds a message by the keyboard, marks it, opens it in its room, and goes back', async () => {
    const { tab } = await registerAt();
    await createRoom(tab, 'the orchard');
    for (const text of ['The first apple is ripe.', 'Nothing here.', 'A second apple fell.']) {
      await write(tab, text);
      await row(tab, text).waitFor();
    }
    await createRoom(tab, 'the kitchen');
    await write(tab, 'An apple pie.');
    await row(tab, 'An apple pie.').waitFor();

    await tabTo(tab, 'Search in this room');
    await tab.keyboard.press('Enter');
    await tab.getByLabel('Words in the message').waitFor();
    expect(await focused(tab)).toBe('Words in the message');
    await tab.keyboard.type('app');
    await tab.keyboard.press('Enter');
    await tab.getByText('1 message', { exact: true }).waitFor();
    await tab.getByLabel('Search in', { exact: true }).selectOption('All your rooms');
    await tab.getByText('3 messages', { exact: true }).waitFor();
    expect(await tab.locator('.search-hit mark').allInnerTexts()).toEqual(['app', 'app', 'app']);
    expect(await tab.locator('.search-hit-text').allInnerTexts()).toEqual([
      'An apple pie.',
      'A second apple fell.',
      'The first apple is ripe.',
    ]);
    expect(await Visitor.faultsOfThemes(tab)).toEqual([]);

    await tab.locator('.search-hit-link').last().press('Enter');
    await row(tab, 'The first apple is ripe.').waitFor();
    expect(tab.url()).toMatch(/\/rooms\/[0-9a-f-]{36}\?at=\d+$/);
    await tab.goBack();
    await tab.getByText('3 messages', { exact: true }).waitFor();

    await tab.getByLabel('Words in the message').fill('apple -pie "second apple"');
    await tab.keyboard.press('Enter');
    await tab.getByText('1 message', { exact: true }).waitFor();
    await tab.getByLabel('Words in the message').fill('banana');
    await tab.keyboard.press('Enter');
    await tab.getByText('No results for “banana”.').waitFor();
    expect(await Visitor.faults(tab)).toEqual([]);
  });
});
