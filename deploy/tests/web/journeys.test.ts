import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser, type Json, wholeHistory } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { choose, confirmDialog, createRoom, field, focused, heading, row, tabTo, write } from './tab.ts';
import { createVisitors, outage, password } from './visitor.ts';

await whereBrowsersRun('journeys through the web client', (browser) => {
  let target: Target;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());
  const { arrive, enter, registerAt } = createVisitors(browser, () => target);
  test('a reload keeps the login, two tabs share it, and logging out in one ends the other', async () => {
    const { visitor, tab, username } = await registerAt();
    await createRoom(tab, 'two tabs');
    await tab.reload();
    await heading(tab, 'two tabs').waitFor();
    const second = await visitor.open('/');
    await second.getByRole('link', { name: /two tabs/ }).click();
    await write(second, 'from the second tab');
    await row(tab, 'from the second tab').waitFor();
    await field(second).fill('half a thought');
    await choose(second, username, 'Sign out');
    await confirmDialog(second, 'Cancel');
    visitor.forgive(outage);
    await visitor.context.setOffline(true);
    await write(second, 'written offline');
    await choose(second, username, 'Sign out');
    const dialog = second.getByRole('dialog');
    await dialog.getByText('1 message or draft has not been sent.').waitFor();
    await dialog.getByRole('button', { name: 'Sign out' }).click();
    await dialog.getByRole('button', { name: 'Sign out here only' }).click();
    for (const each of [second, tab]) await each.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('others see typing and receipts; messages are read out and notified; drafts are kept', async () => {
    const [ada, bob] = await Promise.all([
      ChatUser.register(target.url, 'ada'),
      ChatUser.register(target.url, 'bob'),
    ]);
    const create = (name: string): Promise<Json> =>
      ada.must('POST', '/api/v1/rooms', { name, members: [bob.userId] });
    const [garden, kitchen] = [await create('the garden'), await create('the kitchen')];
    const say = (room: string, content: string, more: object = {}) =>
      bob.must('POST', `/api/v1${room}/messages`, { content, ...more });
    const name = 'Bob the Builder';
    await bob.must('PATCH', '/api/v1/users/me', { name });
    await say(`/rooms/${kitchen.id}`, 'there is **soup**');
    const path = `/rooms/${garden.id}`;
    const [{ visitor, tab: adas }, { tab: bobs }] = await Promise.all([
      enter(ada, path, { permissions: ['notifications'] }),
      enter(bob, path),
    ]);
    await field(adas).waitFor();
    await adas.getByRole('link').getByText(`${name}: there is soup`).waitFor();
    await field(bobs).pressSequentially('hm');
    await adas.getByText(`${name} is typing …`).waitFor();
    await field(bobs).press('Enter');
    await adas.getByText(`${name} is typing …`).waitFor({ state: 'detached' });
    await row(adas, 'hm').getByText(name).waitFor();
    const announced = adas.getByRole('log').getByText(`${name}: hm`);
    const first = await announced.elementHandle();
    // The same words again are another element, which screen readers read out again.
    await write(bobs, 'hm');
    await eventually(async () => expect(await first?.evaluate((line: Json) => line.isConnected)).toBe(false));
    await announced.waitFor();
    await say(path, 'c2VjcmV0', { isEncrypted: true });
    await adas.getByRole('log').getByText(`${name}: This message is encrypted.`).waitFor();
    expect(await adas.getByText('c2VjcmV0').count()).toBe(0);
    await write(adas, 'Seen?');
    await row(adas, 'Seen?').getByText(`Seen by ${name}`).waitFor();

    const switchTo = async (letters: string, name: string) => {
      await adas.keyboard.press('Control+k');
      await adas.getByRole('combobox').fill(letters);
      await adas.getByRole('option', { name, selected: true }).waitFor();
      await adas.keyboard.press('Enter');
      await heading(adas, name).waitFor();
    };
    await field(adas).fill('half a thought');
    await switchTo('KITCH', 'the kitchen');
    expect(await field(adas).inputValue()).toBe('');
    await adas.reload();
    await field(adas).waitFor();
    await switchTo('gard', 'the garden');
    const offers = (text: string) =>
      eventually(async () => expect(await field(adas).inputValue()).toBe(text));
    await offers('half a thought');
    await row(adas, 'Seen?').waitFor();
    // An edit fails after the room was left, because the message was deleted meanwhile.
    visitor.forgive(outage);
    await field(adas).fill('');
    await field(adas).press('ArrowUp');
    await offers('Seen?');
    await visitor.context.setOffline(true);
    await write(adas, 'Seen, and kept?');
    await adas.getByRole('link', { name: /the kitchen/ }).click();
    await adas.getByLabel('Message the garden').waitFor({ state: 'detached' });
    const seen = (await wholeHistory(ada, garden.id)).find(({ content }) => content === 'Seen?');
    await ada.must('DELETE', `/api/v1${path}/messages/${seen?.id}`);
    await visitor.context.setOffline(false);
    await adas.getByText('The change was not saved.').waitFor();
    await heading(adas, 'the kitchen').waitFor();
    await switchTo('gard', 'the garden');
    await offers('Seen, and kept?');
    await field(adas).press('Escape');
    await offers('');
    // A user without a conversation yet.
    await switchTo(bob.username, name);
    await write(adas, 'Just us.');
    const direct = new URL(adas.url()).pathname;
    await bobs.getByRole('link', { name: ada.username }).click();
    await row(bobs, 'Just us.').waitFor();
    await field(bobs).fill('h');
    const bobsRow = adas.getByRole('link', { name });
    await bobsRow.getByText('typing …').waitFor();
    await field(bobs).fill('');
    await bobsRow.getByText('typing …').waitFor({ state: 'detached' });

    await choose(adas, ada.username, 'Settings');
    await adas.getByRole('link', { name: 'Notifications' }).click();
    const setting = adas.getByLabel('Show new messages as notifications');
    await setting.click();
    await eventually(async () => expect(await setting.isChecked()).toBe(true));
    await adas.evaluate(hideAndWatch);
    await say(path, 'for everybody');
    await say(direct, 'for you');
    const shown = () =>
      adas.evaluate(() => (globalThis as Json).shown.map(({ title, body }: Json) => [title, body]));
    const expected = [[`New message from ${name}`, 'for you']];
    const shows = (title: string, body: string) => {
      expected.push([title, body]);
      return eventually(async () => expect(await shown()).toEqual(expected));
    };
    await eventually(async () => expect(await shown()).toEqual(expected));
    await say(path, `@${ada.username} for you, too`);
    await shows(`${name} mentioned you in the garden`, `@${ada.username} for you, too`);
    const question = await ada.must('POST', `/api/v1${path}/messages`, { content: 'Ready?' });
    await say(path, 'Nearly.', { threadRoot: question.id });
    await shows(`${name} replied in a thread in the garden`, 'Nearly.');
    await adas.evaluate(() => (globalThis as Json).shown[0].onclick());
    await row(adas, 'for you').waitFor();
  });

  test('everything of a first visit can be done by keyboard alone', async () => {
    const visitor = await arrive();
    const tab = await visitor.open('/');
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
    const type = async (name: string, text: string) => {
      await tabTo(tab, name);
      await tab.keyboard.type(text);
    };
    await tabTo(tab, 'New here? Create an account');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'Create an account' }).waitFor();
    const username = `u${randomUUID().slice(0, 8)}`;
    await type('Username', username);
    await type('E-mail address', `${username}@example.org`);
    await type('Password', password);
    // As on a fresh installation: there is nobody else.
    await tab.route(/\/api\/v1\/users\?/, (route) =>
      route.fulfill({ json: { users: [], nextCursor: null } }),
    );
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'No rooms yet' }).waitFor();
    await tab.getByText('This installation is fresh').waitFor();
    await tabTo(tab, 'Create a room');
    await tab.keyboard.press('Enter');
    await tab.getByRole('dialog').waitFor();
    await type('Name', 'by keyboard');
    await tab.keyboard.press('Enter');
    await heading(tab, 'by keyboard').waitFor();
    await type('Message by keyboard', 'typed');
    await tab.keyboard.press('Enter');
    await row(tab, 'typed').waitFor();
    await tab.keyboard.press('Control+k');
    await tab.getByRole('combobox').waitFor();
    await tab.keyboard.press('Escape');
    await tabTo(tab, 'More about this room');
    await tab.keyboard.press('Enter');
    await tab.getByRole('menuitem', { name: 'Add members' }).waitFor();
    await tab.keyboard.press('Escape');
    await tab.getByRole('menu').waitFor({ state: 'detached' });
    await eventually(async () => expect(await focused(tab)).toBe('More about this room'));
    // The focus stays in the page when the room disappears.
    await tab.keyboard.press('Enter');
    await tab.getByRole('menuitem', { name: 'Delete room' }).press('Enter');
    await tabTo(tab, 'Delete room');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { name: 'No room is open' }).waitFor();
    await tab.locator('main:focus').waitFor();
  });
});

/** Runs in the page: hides it, and collects its notifications. */
const hideAndWatch = () => {
  const page = globalThis as Json;
  page.shown = [];
  page.Notification = class extends page.Notification {
    constructor(title: string, options: object) {
      super(title, options);
      page.shown.push(this);
    }
  };
  Object.defineProperty(page.document, 'hidden', { value: true });
};
