import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ar } from '../../../services/web/src/texts/ar.ts';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { choose, field, heading, row, signIn, type Tab, tabTo, write } from './tab.ts';
import { createVisitors, outage, Visitor } from './visitor.ts';

await whereBrowsersRun('what users keep for themselves, in the web client', (browser) => {
  let target: Target;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());
  const { enter } = createVisitors(browser, () => target);

  /** A user with two rooms and two devices, and another member. */
  async function setScene() {
    const [ada, bob] = [
      await ChatUser.register(target.url, 'ada'),
      await ChatUser.register(target.url, 'bob'),
    ];
    const create = async (name: string): Promise<string> =>
      (await ada.must('POST', '/api/v1/rooms', { kind: 'group', name, members: [bob.userId] })).id;
    const [garden, shed] = [await create('garden'), await create('shed')];
    const [{ tab: phone }, { tab: tablet, visitor: owner }] = [
      await enter(ada, `/rooms/${garden}`),
      await enter(ada, `/rooms/${garden}`),
    ];
    for (const tab of [phone, tablet]) await heading(tab, 'garden').waitFor();
    return { ada, bob, garden, shed, phone, tablet, owner };
  }
  const names = (tab: Tab, where = '.room-list > section') =>
    tab.locator(`${where} .room-name`).allInnerTexts();
  const settings = 'Notifications and place in the list';

  test('a room is muted, moved and hidden on all devices, and the title counts without it', async () => {
    const { bob, garden, shed, phone, tablet } = await setScene();
    await choose(phone, 'More about this room', settings);
    await phone.getByLabel('Place in the list', { exact: true }).selectOption('At the top');
    await phone.getByLabel('Mute', { exact: true }).selectOption('Until I change it');
    await tablet.getByText('muted', { exact: true }).waitFor({ state: 'attached' });
    expect(await Visitor.faultsOfThemes(phone)).toEqual([]);
    await phone.keyboard.press('Escape');
    for (const tab of [phone, tablet]) await tab.getByRole('link', { name: 'shed' }).click();
    for (const roomId of [garden, garden, shed])
      await bob.must('POST', `/api/v1/rooms/${roomId}/messages`, { content: 'hello' });
    await tablet.locator('.room-item .badge.calm').filter({ hasText: '2' }).waitFor();
    expect(await names(tablet)).toEqual(['garden', 'shed']);
    await eventually(async () => expect(await tablet.title()).not.toMatch(/[23]/));
    expect(await Visitor.faultsOfThemes(tablet)).toEqual([]);

    await choose(phone, 'More about this room', settings);
    await phone.getByLabel('Place in the list', { exact: true }).selectOption('After garden');
    await phone.getByLabel('Hide in the list').check();
    await phone.keyboard.press('Escape');
    await tablet.getByRole('link', { name: 'garden' }).click();
    await eventually(async () => expect(await names(tablet)).toEqual(['garden']));
    // The keyboard opens the group of hidden rooms.
    await tabTo(tablet, 'Hidden');
    await tablet.keyboard.press('Enter');
    await eventually(async () => expect(await names(tablet, '.room-list details')).toEqual(['shed']));
    await tablet.getByRole('link', { name: 'shed' }).click();
    await eventually(async () => expect(await names(tablet)).toEqual(['garden', 'shed']));
  });

  test('the level and the quiet hours of a user are the same on all devices', async () => {
    const { ada, phone, tablet, owner } = await setScene();
    owner.forgive(/ a status of 422 .* at \/api\/v1\/me\/notification-settings$/);
    for (const tab of [phone, tablet]) await tab.goto(`${target.url}/settings/notifications`);
    await phone.getByLabel('Notify about').selectOption('Mentions only');
    await phone.getByLabel(/^Quiet hours/).check();
    const from = (tab: Tab) => tab.getByLabel('From');
    await eventually(async () => expect(await from(tablet).inputValue()).toBe('22:00'));
    await from(phone).fill('21:30');
    await from(phone).press('Enter');
    await eventually(async () => expect(await from(tablet).inputValue()).toBe('21:30'));
    expect(await tablet.getByLabel('Notify about').inputValue()).toBe('mentions');
    await tablet.getByText('Europe/Berlin').waitFor();
    await tablet.getByLabel('To', { exact: true }).fill('21:30');
    await tablet.getByLabel('To', { exact: true }).press('Enter');
    await tablet.getByRole('alert').waitFor();
    await eventually(async () =>
      expect(await tablet.getByLabel('To', { exact: true }).inputValue()).toBe('07:00'),
    );
    const { account } = await ada.must('POST', '/api/v1/sync', { rooms: [], account: { seq: 0 } });
    expect(account.changes).toMatchObject([
      { settings: { level: 'mentions', quietHours: { tz: 'Europe/Berlin', from: '21:30', to: '07:00' } } },
    ]);
  });

  test('a message is pinned for the room and saved for oneself, and both are found again', async () => {
    const { bob, garden, phone, tablet } = await setScene();
    await write(phone, 'The rules of the garden');
    await row(phone, 'The rules').hover();
    await phone.getByRole('button', { name: 'Pin', exact: true }).click();
    await row(tablet, 'The rules').getByText('pinned', { exact: true }).waitFor();
    await phone.getByRole('button', { name: 'Save for later' }).click();
    await row(tablet, 'The rules').hover();
    await tablet.getByRole('button', { name: 'Do not keep saved' }).waitFor();
    const { tab: member } = await enter(bob, `/rooms/${garden}`);
    await choose(member, 'More about this room', 'Pinned messages');
    await member.locator('.search-hit').waitFor();
    expect(await member.getByRole('button', { name: 'Remove the pin' }).count()).toBe(0);

    await choose(tablet, 'More about this room', 'Pinned messages');
    const found = (tab: Tab) => tab.locator('.search-hit-link', { hasText: 'The rules of the garden' });
    await found(tablet).waitFor();
    expect(await Visitor.faultsOfThemes(tablet)).toEqual([]);
    await tablet.getByRole('button', { name: 'Remove the pin' }).click();
    await tablet.getByText('Nothing is pinned in this room.').waitFor();
    await member.getByText('Nothing is pinned in this room.').waitFor();
    await tablet.keyboard.press('Escape');

    await phone.locator('.sidebar-me').click();
    await phone.getByRole('menuitem', { name: 'Saved messages' }).click();
    await found(phone).press('Enter');
    await heading(phone, 'garden').waitFor();
    await phone.goBack();
    await found(phone).waitFor();
    expect(await Visitor.faultsOfThemes(phone)).toEqual([]);
    await row(tablet, 'The rules').hover();
    await tablet.getByRole('button', { name: 'Do not keep saved' }).click();
    await phone.getByText('No saved messages').waitFor();
  });

  test('a draft follows its user, and two devices that both write keep both texts', async () => {
    const { ada, phone, tablet, owner } = await setScene();
    const shows = (tab: Tab, text: string) =>
      eventually(async () => expect(await field(tab).inputValue()).toBe(text));
    await field(phone).fill('Dear all');
    await shows(tablet, 'Dear all');
    await field(tablet).press('Enter');
    await row(phone, 'Dear all').waitFor();
    await shows(phone, '');

    owner.forgive(outage);
    await owner.context.setOffline(true);
    await field(tablet).fill('From the tablet');
    await field(phone).fill('From the phone');
    const draft = async () => {
      const { account } = await ada.must('POST', '/api/v1/sync', { rooms: [], account: { seq: 0 } });
      return account.changes.find(({ kind }: Json) => kind === 'draft')?.draft?.content;
    };
    await eventually(async () => expect(await draft()).toBe('From the phone'));
    await owner.context.setOffline(false);
    for (const tab of [tablet, phone]) await shows(tab, 'From the phone\nFrom the tablet');
    await eventually(async () => expect(await draft()).toBe('From the phone\nFrom the tablet'));

    // Signing out does not lose a draft that the account has.
    await tablet.locator('.sidebar-me').click();
    await tablet.getByRole('menuitem', { name: 'Sign out' }).click();
    await tablet.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(tablet, ada);
    await shows(tablet, 'From the phone\nFrom the tablet');
  });

  test('everything has its place from right to left, 360 pixels wide', async () => {
    const { ada, garden } = await setScene();
    const { id } = await ada.must('POST', `/api/v1/rooms/${garden}/messages`, { content: 'القواعد' });
    const message = `/api/v1/rooms/${garden}/messages/${id}`;
    for (const action of ['pin', 'bookmark']) await ada.must('PUT', `${message}/${action}`);
    await ada.must('PUT', '/api/v1/me/notification-settings', {
      quietHours: { tz: 'Europe/Berlin', from: '22:00', to: '07:00' },
    });
    const { tab } = await enter(ada, `/rooms/${garden}`, { viewport: { width: 360, height: 800 } });
    await row(tab, 'القواعد').waitFor();
    await tab.evaluate("localStorage.setItem('parley.language', 'ar')");
    await tab.reload();
    const check = async () => {
      expect(await Visitor.faultsOfThemes(tab)).toEqual([]);
      expect(await tab.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    };
    await row(tab, 'القواعد').hover();
    await tab.getByRole('button', { name: ar.account.unsave }).waitFor();
    const { x = -1, width = 0 } = (await tab.getByRole('toolbar').boundingBox()) ?? {};
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(360);
    await check();
    for (const [item, text] of [
      [ar.account.roomSettings, ar.account.byActivity],
      [ar.account.pins, 'القواعد'],
    ] as const) {
      await choose(tab, ar.room.menu, item);
      await tab.getByRole('dialog').getByText(text).first().waitFor({ state: 'attached' });
      await check();
      await tab.keyboard.press('Escape');
      await tab.getByRole('dialog').waitFor({ state: 'detached' });
    }
    for (const [path, text] of [
      ['/saved', 'القواعد'],
      ['/settings/notifications', ar.account.timeZone('Europe/Berlin')],
    ] as const) {
      await tab.goto(target.url + path);
      await tab.locator('main').getByText(text).waitFor();
      await check();
    }
  });
});
