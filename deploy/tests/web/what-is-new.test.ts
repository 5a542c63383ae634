import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { field, row } from './tab.ts';
import { createVisitors, Visitor } from './visitor.ts';

await whereBrowsersRun('what the web client shows of what is new', (browser) => {
  let target: Target;
  let ada: ChatUser;
  let bob: ChatUser;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
    ada = await ChatUser.register(target.url, 'ada');
    bob = await ChatUser.register(target.url, 'bob');
  });
  afterAll(() => target?.stop());
  const { enter } = createVisitors(browser, () => target);
  const createRoom = (name: string): Promise<Json> =>
    ada.must('POST', '/api/v1/rooms', { name, members: [bob.userId] });
  const say = (room: Json, content: string, more: object = {}): Promise<Json> =>
    bob.must('POST', `/api/v1/rooms/${room.id}/messages`, { content, ...more });

  test('above the end, a button counts and leads to new messages, and a quote to its original', async () => {
    const room = await createRoom('the garden');
    const original = await say(room, 'the original');
    for (let number = 1; number <= 60; number++) await say(room, `message ${number}`);
    await say(room, 'the reply', { replyTo: original.id });
    await ada.must('POST', `/api/v1/rooms/${room.id}/messages/read`, {});
    const { tab } = await enter(ada, `/rooms/${room.id}`);
    const reply = row(tab, 'the reply');
    await reply.locator('button.quote').click();
    const first = row(tab, 'the original').and(tab.locator('article:not(:has(.quote))'));
    await eventually(async () => expect((await first.boundingBox())?.y).toBeGreaterThan(0));

    for (const content of ['new one', 'new two', 'new three']) await say(room, content);
    await tab.getByRole('button', { name: '3 new messages' }).click();
    await row(tab, 'new three').waitFor();
    await tab.getByRole('button', { name: /new message/ }).waitFor({ state: 'detached' });
  });

  test('the list of rooms counts unread messages and mentions, and shows who is online', async () => {
    const [open, other] = [await createRoom('open'), await createRoom('other')];
    const direct = await ada.must('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.userId });
    const { tab } = await enter(ada, `/rooms/${open.id}`);
    await field(tab).waitFor();
    const item = (room: Json) => tab.locator(`.room-list a[href$="/rooms/${room.id}"]`);
    const badge = (room: Json) => item(room).locator('.badge [aria-hidden]');
    await say(other, 'one');
    await say(other, 'two');
    await eventually(async () => expect(await badge(other).innerText()).toBe('2'));
    await say(other, `@${ada.username} three`);
    await eventually(async () => expect(await badge(other).innerText()).toBe('@1'));
    await say(open, 'seen at once');
    await row(tab, 'seen at once').waitFor();
    await badge(open).waitFor({ state: 'detached' });

    const online = item(direct).getByText('online');
    expect(await online.count()).toBe(0);
    await bob.connect(target.url);
    await online.waitFor();
    bob.close();
    await online.waitFor({ state: 'detached' });
    await item(other).click();
    await badge(other).waitFor({ state: 'detached' });
  });

  test('an @ offers the members; a mention counts until it is seen, also in a read message', async () => {
    const [open, other] = [await createRoom('plans'), await createRoom('later')];
    const { tab } = await enter(ada, `/rooms/${open.id}`);
    await field(tab).pressSequentially('hi @bo');
    const option = tab.getByRole('option', { name: `@${bob.username}` });
    await option.waitFor();
    await field(tab).press('Enter');
    await field(tab).pressSequentially('again');
    await field(tab).press('Enter');
    await eventually(async () =>
      expect(await row(tab, 'again').locator('.mention').innerText()).toBe(`@${bob.username}`),
    );

    const read = await say(other, 'hello');
    await tab.locator(`.room-list a[href$="/rooms/${other.id}"]`).click();
    await row(tab, 'hello').waitFor();
    const badge = tab.locator(`.room-list a[href$="/rooms/${other.id}"] .badge [aria-hidden]`);
    await badge.waitFor({ state: 'detached' });
    await tab.locator(`.room-list a[href$="/rooms/${open.id}"]`).click();
    await row(tab, 'again').waitFor();
    const edit = { content: `hello @${ada.username}` };
    await bob.must('PUT', `/api/v1/rooms/${other.id}/messages/${read.id}`, edit);
    await eventually(async () => expect(await badge.innerText()).toBe('@1'));
    await tab.locator(`.room-list a[href$="/rooms/${other.id}"]`).click();
    await tab.locator('.mention-own').waitFor();
    await badge.waitFor({ state: 'detached' });
  });

  test('a button leads from one unread mention to the next, also in threads', async () => {
    const room = await createRoom('mentions');
    const root = await say(room, 'the root');
    const hello = `hello @${ada.username}`;
    for (const mention of ['first', 'second']) {
      for (let number = 1; number <= 45; number++) await say(room, `before the ${mention}, ${number}`);
      await say(room, `${hello}, ${mention}`);
    }
    for (let number = 1; number <= 45; number++) await say(room, `at the end, ${number}`);
    await say(room, `${hello}, third`, { threadRoot: root.id });
    const { tab } = await enter(ada, `/rooms/${room.id}`);
    const next = tab.getByRole('button', { name: /unread mention/ });
    await next.getByText('@3').waitFor();
    expect(await Visitor.faultsOfThemes(tab)).toEqual([]);
    const mention = (text: string) => tab.locator('.message.for-me').filter({ hasText: text });
    const isInView = (text: string) =>
      eventually(async () => {
        const box = await mention(text).boundingBox({ timeout: 1_000 });
        expect(box && box.y > 0 && box.y < 800).toBe(true);
      });
    await next.click();
    await isInView(`${hello}, first`);
    await next.click();
    await isInView(`${hello}, second`);
    await eventually(async () => {
      await next.click({ timeout: 2_000 });
      await tab.locator('.thread').getByText('third').waitFor({ timeout: 2_000 });
    });
    await tab
      .locator('.room-main')
      .getByRole('button', { name: /latest messages|new message/ })
      .click();
    await next.waitFor({ state: 'detached' });
    await tab.locator(`.room-list a[href$="/rooms/${room.id}"] .badge`).waitFor({ state: 'detached' });
  });

  test('a mention that was picked from the list keeps its user after a rename', async () => {
    const room = await createRoom('names');
    const carl = await ChatUser.register(target.url, 'carl');
    await ada.must('POST', `/api/v1/rooms/${room.id}/members`, { userIds: [carl.userId] });
    const { tab } = await enter(ada, `/rooms/${room.id}`);
    await field(tab).pressSequentially('ask @car');
    await tab.getByRole('option', { name: `@${carl.username}` }).waitFor();
    await field(tab).press('Enter');
    await carl.must('PATCH', '/api/v1/users/me', { name: 'Karla' });
    await field(tab).press('Enter');
    await row(tab, 'ask').waitFor();
    await tab.reload();
    await row(tab, 'ask').locator('.mention').getByText('@Karla').waitFor();
    const { messages } = await ada.must('GET', `/api/v1/rooms/${room.id}/messages`);
    expect(messages.at(-1).mentions).toMatchObject([{ userId: carl.userId }]);
  });

  test('messages are grouped by day and person; the focus is visible; motion can be reduced', async () => {
    const room = await createRoom('groups');
    await say(room, 'the first');
    await say(room, 'the second');
    await ada.must('POST', `/api/v1/rooms/${room.id}/messages/read`, {});
    const { tab } = await enter(ada, `/rooms/${room.id}`);
    await row(tab, 'the second').waitFor();
    await tab.locator('.separator').getByText('Today').waitFor();
    // The picture and the name are shown once.
    expect(await row(tab, 'the first').locator('.avatar').count()).toBe(1);
    expect(await row(tab, 'the second').locator('.avatar').count()).toBe(0);

    await field(tab).focus();
    await tab.keyboard.press('Shift+Tab');
    const outline = 'getComputedStyle(document.activeElement).outlineStyle';
    expect(await tab.evaluate('document.activeElement.matches("article")')).toBe(true);
    expect(await tab.evaluate(outline)).toBe('solid');
    const moving = `document.getAnimations().filter(({ effect }) => effect.getTiming().duration > 0).length`;
    await tab.getByRole('button', { name: 'New', exact: true }).click();
    await tab.getByRole('menu').waitFor();
    expect(await tab.evaluate(moving)).toBe(0);
  });
});
