import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser, type Json, wholeHistory } from '../whole-stack/chat-user.ts';
import { borrowStackTarget, type StackTarget } from '../whole-stack/start-targets.ts';
import { hostileContents, runsScripts } from './hostile-contents.ts';
import { confirmDialog, contents, field, focused, row, signIn, type Tab, write } from './tab.ts';
import { createVisitors, Visitor, type VisitorOptions } from './visitor.ts';

await whereBrowsersRun('a conversation in the web client, with two gateways', (browser) => {
  let target: StackTarget;
  let ada: ChatUser;
  let bob: ChatUser;
  let room: Json;
  beforeAll(async () => {
    target = await borrowStackTarget();
    ada = await ChatUser.register(target.url, 'ada');
    bob = await ChatUser.register(target.url, 'bob');
  });
  afterAll(() => target?.stop());
  const { arrive, enter } = createVisitors(browser, () => target);
  const createRoom = async () => {
    room = await ada.must('POST', '/api/v1/rooms', { name: 'the garden', members: [bob.userId] });
  };
  const open = async (
    user: ChatUser,
    { height = 900, ...options }: VisitorOptions & { height?: number } = {},
  ) => {
    const viewport = { width: 1280, height };
    const entered = await enter(user, `/rooms/${room.id}`, { viewport, ...options });
    await field(entered.tab).waitFor();
    return entered;
  };
  const say = (user: ChatUser, content: string, more: object = {}): Promise<Json> =>
    user.must('POST', `/api/v1/rooms/${room.id}/messages`, { content, ...more });

  test('opens at the first unread message or that of a link; the end marks the room read', async () => {
    await createRoom();
    const sent: Json[] = [];
    for (let number = 0; number < 120; number++) sent.push(await say(ada, `message ${number}`));
    await bob.must('POST', `/api/v1/rooms/${room.id}/messages/read`, { messageId: sent[39].id });
    const visitor = await arrive();
    await visitor.context.addInitScript(collectHighlighted);
    const tab = await visitor.open(`/rooms/${room.id}?at=${sent[10].seq}`);
    await signIn(tab, bob);
    await isHighlighted(tab, 'message 10');
    // The same room in the list, without the message: as if it had not been open.
    await tab
      .getByRole('link', { name: /the garden/ })
      .first()
      .click();
    const divider = tab.locator('.separator.unread');
    await eventually(async () => {
      const box = await divider.boundingBox();
      const scroller = await tab.locator('.timeline-scroller').boundingBox();
      if (!box || !scroller) throw new Error('not rendered');
      // At the top of the visible part.
      expect(box.y - scroller.y).toBeGreaterThan(-10);
      expect(box.y - scroller.y).toBeLessThan(scroller.height / 3);
    });
    const unread = tab.locator('.timeline-row').filter({ has: divider });
    expect(await unread.locator('.content').innerText()).toBe('message 40');

    await tab.getByRole('button', { name: 'Jump to the latest messages' }).click();
    await row(tab, 'message 119').waitFor();
    await eventually(async () => {
      const { rooms } = await bob.must('GET', '/api/v1/unread');
      expect(rooms.filter(({ roomId }: Json) => roomId === room.id)).toEqual([]);
    });
  });

  test('reply, reaction, edit, deletion and link by keyboard, which the other user sees', async () => {
    await createRoom();
    const { createdAt } = await say(bob, 'the tomatoes are ready');
    const [{ visitor, tab: adas }, { tab: bobs }] = await Promise.all([
      open(ada),
      open(bob, { timezoneId: 'Asia/Kolkata' }),
    ]);
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    // In the reader's time zone.
    const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Asia/Kolkata' });
    await row(bobs, 'tomatoes')
      .getByText(clock.format(new Date(createdAt)), { exact: true })
      .waitFor();
    await row(adas, 'tomatoes').waitFor();
    const focusedRow = adas.locator('article:focus');
    // From the field to the last message, and to its actions.
    await adas.keyboard.press('Shift+Tab');
    await focusedRow.waitFor();
    await adas.getByRole('toolbar').getByRole('button', { name: 'Reply' }).press('Enter');
    await write(adas, 'on my **way**');
    const reply = row(bobs, 'on my way');
    await reply.waitFor();
    expect(await reply.locator('strong').innerText()).toBe('way');
    await reply.locator('.quote').getByText('the tomatoes are ready').waitFor();

    await reply.focus();
    await reply.getByRole('button', { name: 'React', exact: true }).press('Enter');
    await bobs.locator('.emoji-picker button:focus').waitFor();
    await bobs.keyboard.press('ArrowRight');
    await bobs.keyboard.press('ArrowLeft');
    await bobs.keyboard.press('Enter');
    await row(adas, 'on my way').getByRole('button', { name: '👍 1', pressed: false }).waitFor();
    await row(bobs, 'on my way').getByRole('button', { name: '👍 1', pressed: true }).waitFor();

    const isEdited = (text: string) =>
      eventually(async () => expect(await field(adas).inputValue()).toBe(text));
    await field(adas).press('ArrowUp');
    await isEdited('on my **way**');
    await field(adas).press('Escape');
    await isEdited('');
    await field(adas).press('ArrowUp');
    await isEdited('on my **way**');
    await write(adas, 'on my way, with a basket');
    await row(bobs, 'with a basket').getByText('edited').waitFor();

    // Through the rows by arrow keys, from the one that had the focus last, and back to the field.
    await adas.keyboard.press('Shift+Tab');
    const hasFocus = (text: string) => focusedRow.filter({ hasText: text }).waitFor();
    await hasFocus('the tomatoes are ready');
    await adas.keyboard.press('ArrowDown');
    await hasFocus('with a basket');
    await adas.keyboard.press('ArrowUp');
    await hasFocus('the tomatoes are ready');
    await adas.keyboard.press('End');
    await hasFocus('with a basket');
    await adas.keyboard.press('Home');
    await hasFocus('the tomatoes are ready');
    for (const _ of ['React', 'Reply', 'Answer in a thread', 'Copy link to message'])
      await adas.keyboard.press('Tab');
    expect(await focused(adas)).toBe('Copy link to message');
    await adas.keyboard.press('Enter');
    await adas.getByText('Link copied').waitFor();
    await adas.keyboard.press('Escape');
    expect(await focused(adas)).toBe('Message the garden');
    const link: string = await adas.evaluate('navigator.clipboard.readText()');
    await bobs.addInitScript(collectHighlighted);
    await bobs.goto(link);
    await isHighlighted(bobs, 'the tomatoes are ready');

    await row(adas, 'with a basket').focus();
    await row(adas, 'with a basket').getByRole('button', { name: 'Delete' }).press('Enter');
    await confirmDialog(adas, 'Delete');
    await row(bobs, 'This message was deleted.').waitFor();
    await hasFocus('This message was deleted.');
    expect((await wholeHistory(bob, room.id)).map(({ content }) => content)).toEqual([
      'the tomatoes are ready',
      '',
    ]);
  });

  test('a refused message stays, says why, and can be sent again or discarded', async () => {
    room = await ada.must('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.userId });
    await bob.must('PUT', `/api/v1/blocks/${ada.userId}`);
    const { tab } = await open(ada);
    await write(tab, 'first');
    await write(tab, 'second');
    const failed = tab.locator('.state.failed');
    await eventually(async () => expect(await failed.count()).toBe(2));
    expect(await failed.first().innerText()).toContain('One of you has blocked the other.');
    await tab.reload();
    await eventually(async () => expect(await failed.count()).toBe(2));
    expect(await Visitor.faultsOfThemes(tab)).toEqual([]);
    await row(tab, 'first').getByRole('button', { name: 'Discard' }).press('Enter');
    await row(tab, 'first').waitFor({ state: 'detached' });
    await tab.locator('.message :focus, .message:focus').waitFor();
    await bob.must('DELETE', `/api/v1/blocks/${ada.userId}`);
    await row(tab, 'second').getByRole('button', { name: 'Retry' }).click();
    await eventually(async () => {
      expect((await wholeHistory(bob, room.id)).map(({ content }) => content)).toEqual(['second']);
      expect(await contents(tab)).toEqual(['second']);
      expect(await tab.locator('.state').count()).toBe(0);
    });
  });

  test('on a touch screen, a long press shows the actions; a reaction is removed by a press', async () => {
    await createRoom();
    await say(bob, 'press here');
    const { visitor, tab } = await open(ada, { hasTouch: true });
    const message = row(tab, 'press here');
    const { x = 0, y = 0 } = (await message.locator('.content').boundingBox()) ?? {};
    const session = await visitor.context.newCDPSession(tab);
    const touch = (type: 'touchStart' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints });
    expect(await message.getByRole('toolbar').count()).toBe(0);
    await touch('touchStart', [{ x: x + 4, y: y + 4 }]);
    await message.getByRole('toolbar').waitFor();
    await touch('touchEnd', []);
    await message.getByRole('button', { name: 'React', exact: true }).tap();
    await tab.locator('.emoji-picker button').first().tap();
    const reaction = message.getByRole('button', { name: '👍 1', pressed: true });
    await reaction.waitFor();
    // A touch elsewhere hides the actions.
    await tab.getByRole('heading', { name: 'the garden', level: 1 }).tap();
    await message.getByRole('toolbar').waitFor({ state: 'detached' });
    await reaction.tap();
    await reaction.waitFor({ state: 'detached' });
    await eventually(async () => {
      const [stored] = await wholeHistory(bob, room.id);
      expect(stored?.reactions).toEqual([]);
    });
  });

  test('hostile messages are text: no script runs, and links lead only to http and https', async () => {
    await createRoom();
    const [first] = hostileContents;
    const original = await say(bob, first);
    for (const content of hostileContents.slice(1)) await say(bob, content, { replyTo: original.id });
    // So high that all messages are in the document.
    const { tab } = await open(ada, { height: 6_000 });
    await eventually(async () => expect(await contents(tab)).toHaveLength(hostileContents.length));
    const found = await tab.evaluate(runsScripts);
    expect(found.elements).toEqual([]);
    expect(found.hasRun).toBe(false);
    expect(found.links.length).toBeGreaterThan(0);
    for (const link of found.links)
      expect(link).toMatchObject({
        protocol: expect.stringMatching(/^https?:$/),
        rel: expect.stringContaining('noopener'),
        isAsWritten: true,
      });
    // Nothing that a message contains can move the page or leave its own row.
    expect(found.isWiderThanPage).toBe(false);
  });
});

/** The highlight is short, and may be over before a busy machine looks. */
const isHighlighted = (tab: Tab, text: string) =>
  eventually(async () =>
    expect(await tab.evaluate('highlighted')).toContainEqual(expect.stringContaining(text)),
  );

/** Runs in each page: collects the messages that are highlighted. */
const collectHighlighted = () => {
  const page = globalThis as Json;
  const found: string[] = [];
  page.highlighted = found;
  const collect = () => {
    for (const message of page.document.querySelectorAll('.message.target')) found.push(message.innerText);
  };
  new page.MutationObserver(collect).observe(page.document, {
    subtree: true,
    childList: true,
    attributes: true,
  });
};
