import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser, request } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { choose, confirmDialog, heading, register, signIn, type Tab } from './tab.ts';
import { createVisitors } from './visitor.ts';

const nextPassword = 'another horse battery';

await whereBrowsersRun('accounts and organizations in the web client', (browser) => {
  let target: Target;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());
  const { arrive, enter } = createVisitors(browser, () => target);
  const section = (tab: Tab, name: string) =>
    tab.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name }).click();

  test('a user ends their other sessions, changes their password and erases their account', async () => {
    const ada = await ChatUser.register(target.url, 'ada');
    const logIn = async (password: string) => {
      const { status } = await request(target.url, 'POST', '/api/v1/auth/login', {
        username: ada.username,
        password,
      });
      return status;
    };
    const [{ visitor, tab }, { visitor: phones, tab: phone }] = await Promise.all([
      enter(ada, '/settings/sessions'),
      enter(ada, '/settings/profile', { userAgent: 'the phone of Ada' }),
    ]);
    phones.forgive(/ a status of 401 .* at \/api\/v1\//);
    await phone.getByLabel('Job title').waitFor();
    await tab.getByText('this session').waitFor();
    await tab.reload();
    const sessions = tab.getByRole('main').getByRole('listitem');
    await sessions.filter({ hasText: 'the phone of Ada' }).getByRole('button', { name: 'Sign out' }).click();
    await phone.getByRole('heading', { name: 'Sign in' }).waitFor();
    await phone.getByText('because this session has ended').waitFor();
    await tab.getByText('the phone of Ada').waitFor({ state: 'detached' });
    await tab.getByRole('button', { name: 'Sign out all other sessions' }).click();
    await sessions.nth(1).waitFor({ state: 'detached' });
    expect(await sessions.innerText()).toContain('this session');
    const agent = await tab.evaluate('navigator.userAgent');
    await sessions.getByText('Chrome on Linux').click();
    await sessions.getByText(String(agent), { exact: true }).waitFor();

    // The refused passwords below.
    visitor.forgive(/ a status of 401 .* at \/api\/v1\/auth\/(password|me)$/);
    await section(tab, 'Password');
    const change = async (current: string) => {
      await tab.getByLabel('Current password').fill(current);
      await tab.getByLabel('New password').fill(nextPassword);
      await tab.getByRole('button', { name: 'Change password' }).click();
    };
    await change('wrong');
    await tab.getByRole('alert').getByText('The username or the password is wrong.').waitFor();
    await change(ada.password);
    await tab.getByText('The password is changed.').waitFor();
    expect([await logIn(ada.password), await logIn(nextPassword)]).toEqual([401, 200]);

    await section(tab, 'Account');
    await tab.getByRole('button', { name: 'Erase my account' }).click();
    const dialog = tab.getByRole('dialog');
    await dialog.getByLabel('Password', { exact: true }).fill(ada.password);
    await dialog.getByRole('button', { name: 'Erase for good' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Password', { exact: true }).fill(nextPassword);
    await dialog.getByRole('button', { name: 'Erase for good' }).click();
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await logIn(nextPassword)).toBe(401);
    await tab.reload();
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('a refused field has its label and the reason in the language of the reader', async () => {
    const visitor = await arrive({ locale: 'de-DE' });
    visitor.forgive(/ a status of 422 .* at \/api\/v1\/auth\/register$/);
    const tab = await visitor.open('/');
    await tab.getByRole('button', { name: 'Neu hier?' }).click();
    await tab.getByLabel('Benutzername').fill('ada@home');
    await tab.getByLabel('E-Mail-Adresse').fill('ada@example.org');
    await tab.getByLabel('Passwort', { exact: true }).fill('ü'.repeat(40));
    await tab.getByRole('button', { name: 'Konto anlegen', exact: true }).click();
    const faults = ['Benutzername: Einige dieser Zeichen', 'Passwort: Das ist zu lang.'];
    for (const fault of faults) await tab.getByRole('alert').getByText(fault).waitFor();
  });

  test('a founder closes an organization, invites, changes a role and removes a member', async () => {
    const name = `Acme ${randomUUID().slice(0, 8)}`;
    const join = async (way: string, label: string, value: string) => {
      const visitor = await arrive();
      const tab = await visitor.open('/settings/organization');
      const username = `u${randomUUID().slice(0, 8)}`;
      await register(tab, { username, password: nextPassword }, async () => {
        await tab.getByLabel('Organization', { exact: true }).selectOption({ label: way });
        await tab.getByLabel(label).fill(value);
      });
      return { visitor, tab, username };
    };
    const byName = ['Create or join one by its name', 'Name of the organization', name] as const;
    const { visitor: founders, tab: founder } = await join(...byName);
    await founder.getByText(name).and(founder.locator('strong')).waitFor();
    const chooses = async (label: string) => {
      const changed = founder.waitForResponse((answer) => answer.request().method() === 'PATCH');
      await founder.getByLabel('Who may join').selectOption({ label });
      await changed;
    };
    await chooses('By invite only');
    const { visitor: strangers, tab: stranger } = await join(...byName);
    strangers.forgive(/ a status of 403 .* at \/api\/v1\/auth\/register$/);
    await stranger.getByText('This organization is joined by invite only.').waitFor();

    await founder.getByLabel('Role of invited people').selectOption('moderator');
    await founder.getByRole('button', { name: 'Create invite' }).click();
    const code = await founder.getByLabel('Invite code').inputValue();
    const guest = await join('Join one with an invite', 'Invite code', code);
    await guest.tab.getByText('moderator', { exact: false }).first().waitFor();
    await guest.tab.getByText(name).and(guest.tab.locator('strong')).waitFor();
    expect(await guest.tab.getByLabel('Who may join').isDisabled()).toBe(true);

    await founder.reload();
    const role = founder.getByLabel(`Role of ${guest.username}`);
    expect(await role.inputValue()).toBe('moderator');
    await founder.getByText('used once').waitFor();
    await founder.getByRole('button', { name: 'Revoke' }).click();
    await founder.getByText('There are no valid invites.').waitFor();
    await role.selectOption('user');
    const guestRow = founder.getByRole('listitem').filter({ has: role });
    await guestRow.getByRole('button', { name: 'Save' }).click();
    await guestRow.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    await founder.reload();
    expect(await role.inputValue()).toBe('user');

    guest.visitor.forgive(/ a status of 401 .* at \/api\/v1\//);
    founders.forgive(/ a status of 401 .* at \/api\/v1\//);
    await founder.getByRole('button', { name: `Remove: ${guest.username}` }).click();
    await confirmDialog(founder, 'Remove');
    await role.waitFor({ state: 'detached' });
    await guest.tab.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(guest.tab, { username: guest.username, password: nextPassword });
    await guest.tab.getByText('You belong to no organization').first().waitFor();

    // Without an organization, one is joined in the settings, and left there; also while the
    // directory, which has the profile, does not know of it yet.
    await guest.tab.route(/\/api\/v1\/users\/me$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), organizationId: null } });
    });
    await chooses('Everyone who knows the name');
    const policy = founder.getByLabel('Who may join');
    await eventually(async () => expect(await policy.inputValue()).toBe('open'));
    await guest.tab.getByLabel('You belong to no organization').selectOption({ label: 'Join by name' });
    await guest.tab.getByLabel('Name', { exact: true }).fill(name);
    await guest.tab.getByRole('button', { name: 'Join by name' }).click();
    await guest.tab.getByText(name).and(guest.tab.locator('strong')).waitFor();
    await guest.tab.getByRole('button', { name: 'Leave the organization' }).click();
    await guest.tab.getByRole('dialog').getByRole('button', { name: 'Leave the organization' }).click();
    await guest.tab.getByText('because this session has ended').waitFor();
    await signIn(guest.tab, { username: guest.username, password: nextPassword });
    await guest.tab.getByText('You belong to no organization').first().waitFor();
  });

  /** Requests for that path fail until the returned function is called. */
  const failing = async (tab: Tab, path: RegExp) => {
    const json = { code: 'unavailable', title: 'Unavailable', status: 503 };
    await tab.route(path, (route) => route.fulfill({ status: 503, json }));
    return () => tab.unroute(path);
  };
  const refused = / a status of 503 /;

  test('profile and picture are saved, after a failed load; another account has its own theme', async () => {
    const [ada, bob] = await Promise.all([
      ChatUser.register(target.url, 'ada'),
      ChatUser.register(target.url, 'bob'),
    ]);
    const visitor = await arrive();
    visitor.forgive(refused);
    const tab = await visitor.open('/settings/profile');
    const mend = await failing(tab, /\/users\/me$/);
    await signIn(tab, ada);
    await tab.getByRole('alert').waitFor();
    await mend();
    await tab.getByRole('button', { name: 'Try again' }).click();
    await tab.getByLabel('Job title').fill('gardener');
    await tab.getByRole('button', { name: 'Save' }).click();
    await tab.getByText('Saved').waitFor();
    await section(tab, 'Appearance');
    await tab
      .locator('input[type="file"]')
      .setInputFiles({ name: 'dot.gif', mimeType: 'image/gif', buffer: Buffer.from(dot, 'base64') });
    await tab.getByAltText('Background picture').waitFor();
    // It is behind the list of rooms, under the page's own colour.
    const picture = `getComputedStyle(document.querySelector('.sidebar')).backgroundImage`;
    await eventually(async () =>
      expect(await tab.evaluate(picture)).toMatch(/gradient\(.*url\("data:image\/jpeg;base64,/),
    );
    expect(await ada.must('GET', '/api/v1/users/me')).toMatchObject({
      jobTitle: 'gardener',
      backgroundImage: expect.stringMatching(/^data:image\/jpeg/),
    });

    await tab.getByLabel('Theme').selectOption('dark');
    await tab.locator('html[data-theme="dark"]').waitFor();
    await choose(tab, ada.username, 'Sign out');
    await signIn(tab, bob);
    await tab.locator('html[data-theme="light"]').waitFor();
    expect(await tab.getByLabel('Theme').inputValue()).toBe('system');
  });

  test('the inbox answers friend requests, opens rooms, and is read and emptied', async () => {
    const [ada, bob, eve] = await Promise.all([
      ChatUser.register(target.url, 'ada'),
      ChatUser.register(target.url, 'bob'),
      ChatUser.register(target.url, 'eve'),
    ]);
    for (const user of [bob, eve]) await user.must('POST', '/api/v1/friend-requests', { userId: ada.userId });
    for (const name of ['the garden', 'the kitchen'])
      await bob.must('POST', '/api/v1/rooms', { kind: 'group', name, members: [ada.userId] });
    const visitor = await arrive();
    visitor.forgive(refused);
    const tab = await visitor.open('/inbox');
    const mend = await failing(tab, /\/notifications\?/);
    // The oldest request is on a later page.
    await tab.route(/\/friend-requests\?/, (route) =>
      route.continue({ url: route.request().url().replace('limit=200', 'limit=1') }),
    );
    await signIn(tab, ada);
    await tab.getByRole('alert').waitFor();
    await mend();
    await tab.getByRole('button', { name: 'Try again' }).click();
    const press = async (name: string) => {
      await tab.getByRole('button', { name }).click();
      await tab.getByRole('button', { name }).waitFor({ state: 'detached' });
    };
    await press(`Accept: ${bob.username}`);
    await press(`Decline: ${eve.username}`);
    const { users } = await ada.must('GET', '/api/v1/friends');
    expect(users.map(({ id }: { id: string }) => id)).toEqual([bob.userId]);
    await press('Remove notification: the kitchen');
    await tab
      .getByRole('main')
      .getByRole('link', { name: /the garden/ })
      .click();
    await heading(tab, 'the garden').waitFor();
    await tab.getByRole('link', { name: /^Inbox/ }).click();
    await eve.must('POST', '/api/v1/friend-requests', { userId: ada.userId });
    await press('Mark all as read');
    // A request that was read still waits for its answer.
    await press(`Accept: ${eve.username}`);
  });
});

/** A picture. */
const dot = 'R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==';
