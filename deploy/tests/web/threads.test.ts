import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { createRoom, row, type Tab, write } from './tab.ts';
import { createVisitors, Visitor } from './visitor.ts';

await whereBrowsersRun('threads in the web client', (browser) => {
  let target: Target;
  let ada: ChatUser;
  let bob: ChatUser;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
    ada = await ChatUser.register(target.url, 'ada');
    bob = await ChatUser.register(target.url, 'bob');
  });
  afterAll(() => target?.stop());
  const { registerAt, enter } = createVisitors(browser, () => target);
  const panelOf = (tab: Tab) => tab.getByRole('region', { name: 'Thread', exact: true });
  /** The room's own timeline. */
  const roomOf = (tab: Tab) => tab.locator('.room-main');

  /** Ada has asked in a room with Bob, who has replied so often. */
  async function askedThread(replies: number) {
    const room: Json = await ada.must('POST', '/api/v1/rooms', {
      name: 'the orchard',
      members: [bob.userId],
    });
    const path = `/api/v1/rooms/${room.id}/messages`;
    const root: Json = await ada.must('POST', path, { content: 'Which apples?' });
    const reply = (content: string, more: object = {}): Promise<Json> =>
      bob.must('POST', path, { content, threadRoot: root.id, ...more });
    for (let number = 1; number <= replies; number++) await reply(`reply ${number}`);
    return { room, root, path, reply };
  }

  test('a thread opens beside its room, takes replies, also for the room, and is listed', async () => {
    const { tab } = await registerAt();
    await createRoom(tab, 'the orchard');
    await write(tab, 'Which apples?');
    const question = row(tab, 'Which apples?');
    await question.hover();
    await question.getByRole('button', { name: 'Answer in a thread' }).click();
    const panel = panelOf(tab);
    await panel.getByText('Which apples?').waitFor();
    expect(tab.url()).toMatch(/\/rooms\/[0-9a-f-]{36}\?thread=[0-9a-f-]{36}$/);
    const field = panel.getByRole('textbox');
    await field.fill('The red ones.');
    await field.press('Enter');
    await panel.getByText('The red ones.').waitFor();
    await panel.getByLabel('Also send to the room').check();
    await field.fill('And the green ones.');
    await field.press('Enter');
    await panel.getByText('And the green ones.').waitFor();
    await roomOf(tab).getByText('And the green ones.').waitFor();
    expect(await roomOf(tab).getByText('The red ones.').count()).toBe(0);
    await roomOf(tab)
      .getByRole('button', { name: /2 replies/ })
      .waitFor();
    await panel.getByRole('button', { name: 'Stop following' }).click();
    await panel.getByRole('button', { name: 'Follow', exact: true }).click();
    await panel.getByRole('button', { name: 'Stop following' }).waitFor();
    expect(await Visitor.faultsOfThemes(tab)).toEqual([]);
    await panel.getByRole('button', { name: 'Close' }).click();
    await panel.waitFor({ state: 'detached' });

    await tab.getByRole('button', { name: 'Threads in this room' }).click();
    const listed = tab.locator('.thread-row');
    await listed.getByText('2 replies').waitFor();
    expect(await listed.locator('strong + span').innerText()).toBe('Which apples?');
    await tab.getByLabel('Show', { exact: true }).selectOption('Unread');
    await tab.getByText('No threads here').waitFor();
    await tab.getByLabel('Show', { exact: true }).selectOption('All');
    await listed.press('Enter');
    await panel.getByText('The red ones.').waitFor();
    expect(await Visitor.faults(tab)).toEqual([]);
  });

  test('replies are new under their root and in the list until the reader opens their thread', async () => {
    const { room, root, path, reply } = await askedThread(60);
    await ada.must('POST', `${path}/${root.id}/thread/read`, { seq: (await reply('the last read one')).seq });
    await reply('the first new one');
    const { tab } = await enter(ada, `/rooms/${room.id}`);
    const link = roomOf(tab).getByRole('button', { name: /62 replies/ });
    await link.getByText('1 new', { exact: true }).waitFor();
    const badge = tab.locator('.sidebar-threads .badge [aria-hidden]');
    expect(await badge.innerText()).toBe('1');
    expect(await tab.locator(`.room-list a[href$="/rooms/${room.id}"] .badge`).count()).toBe(0);
    for (let number = 1; number <= 30; number++) await reply(`new ${number}`);
    await eventually(async () => expect(await badge.innerText()).toBe('31'));

    await tab.getByRole('link', { name: 'Threads 31 new' }).click();
    await tab.getByLabel('Show', { exact: true }).selectOption('Unread');
    const listed = tab.locator('.thread-row');
    await listed.getByText('31 new').waitFor();
    await listed.getByText('the orchard').waitFor();
    expect(await Visitor.faultsOfThemes(tab)).toEqual([]);
    await listed.click();
    // It opens at the first unread reply.
    const panel = panelOf(tab);
    await panel.getByText('New', { exact: true }).waitFor();
    expect(await row(tab, 'the first new one').boundingBox()).not.toBeNull();
    await panel.getByRole('button', { name: 'Jump to the latest messages' }).click();
    await panel.getByText('new 30').waitFor();
    await badge.waitFor({ state: 'detached' });
    await link.getByText('1 new', { exact: true }).waitFor({ state: 'detached' });
  });

  test('in a thread, a message that was written offline goes out once, also to a deleted root', async () => {
    const { room, root } = await askedThread(1);
    const { visitor, tab } = await enter(ada, `/rooms/${room.id}?thread=${root.id}`);
    visitor.forgive(/ERR_INTERNET_DISCONNECTED|WebSocket/);
    const panel = panelOf(tab);
    const field = panel.getByRole('textbox');
    await panel.getByText('reply 1').waitFor();
    await visitor.context.setOffline(true);
    await field.fill('written offline');
    await field.press('Enter');
    await panel.getByText('Sending …').waitFor();
    await visitor.context.setOffline(false);
    await panel.getByText('Sending …').waitFor({ state: 'detached' });
    const thread = await bob.must('GET', `/api/v1/rooms/${room.id}/messages/${root.id}/thread`);
    expect(thread.messages.map(({ content }: Json) => content)).toEqual(['reply 1', 'written offline']);

    await ada.must('DELETE', `/api/v1/rooms/${room.id}/messages/${root.id}`);
    await panel.getByText('This message was deleted.').waitFor();
    await roomOf(tab)
      .getByRole('button', { name: /2 replies/ })
      .waitFor();
    await field.fill('to an empty root');
    await field.press('Enter');
    await panel.locator('article').filter({ hasText: 'to an empty root' }).waitFor();
  });

  test('a thread fits a narrow screen, from right to left, too; who leaves the room leaves it', async () => {
    const { room, root } = await askedThread(2);
    const options = { viewport: { width: 360, height: 700 }, locale: 'ar' };
    const { tab } = await enterIn('ar', options, `/rooms/${room.id}?thread=${root.id}`);
    const panel = tab.locator('.members.thread');
    await panel.getByText('reply 2').waitFor();
    const box = await panel.boundingBox();
    expect([box?.x, box?.width]).toEqual([0, 360]);
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await Visitor.faultsOfThemes(tab)).toEqual([]);
    await tab.goto(`${target.url}/threads`);
    await tab.locator('.thread-row').first().waitFor();
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await Visitor.faults(tab)).toEqual([]);
    await tab.locator(`.thread-row[href*="${room.id}"]`).click();
    await panel.getByText('reply 2').waitFor();
    await bob.must('POST', `/api/v1/rooms/${room.id}/leave`);
    // The room is public, so it is still shown.
    await panel.getByText('سلسلة الردود هذه لم تعد متاحة.').waitFor();
    expect(await panel.getByText('reply 2').count()).toBe(0);
  });

  async function enterIn(language: string, options: object, path: string) {
    const { visitor, tab } = await enter(bob, path, { ...options, locale: 'en-GB' });
    await tab.locator('.frame').waitFor();
    await tab.evaluate(`localStorage.setItem('parley.language', '${language}')`);
    await tab.reload();
    return { visitor, tab };
  }
});
