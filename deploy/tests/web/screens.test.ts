import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { choose, heading, signIn } from './tab.ts';
import { createVisitors, Visitor } from './visitor.ts';

const textsOf: Record<string, string> = {
  organization: 'Role of invited people',
  notifications: 'Quiet hours',
};
const settings = [
  'profile',
  'appearance',
  'notifications',
  'sessions',
  'password',
  'organization',
  'account',
];
/** With what shows that each has been loaded. */
const screens = [
  ['/', 'No room is open'],
  ['/browse', 'Search rooms'],
  ['/people', 'Search people'],
  ['/inbox', 'would like to be your friend'],
  ['/saved', 'No saved messages'],
  ['/search', 'Search messages'],
  ['/threads', 'No threads here'],
  ['/invite/unknown', 'This invite does not work.'],
  ...settings.map((section) => [`/settings/${section}`, textsOf[section] ?? 'Settings']),
] as const;
const roomDialogs = [
  'Notifications and place in the list',
  'Pinned messages',
  'Add members',
  'Invite links',
  'Edit room',
  'Bans',
  'Leave room',
  'Delete room',
];
const maxScriptBytes = 170_000;

/** Where the columns begin and end at each width, in pixels from the beginning of a line. */
const layouts = {
  2560: { sidebar: [0, 288], room: [288, 2296], members: [2296, 2560] },
  1280: { sidebar: [0, 288], room: [288, 1016], members: [1016, 1280] },
  // The members slide in over the room.
  900: { sidebar: [0, 264], room: [264, 900], members: [580, 900] },
  720: { sidebar: null, room: [0, 720], members: null },
  360: { sidebar: null, room: [0, 360], members: null },
};
const backgrounds = { light: 'rgb(246, 247, 249)', dark: 'rgb(16, 19, 23)' };

await whereBrowsersRun('every screen of the web client', (browser) => {
  let target: Target;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());
  const { arrive, enter } = createVisitors(browser, () => target);
  /** A new user with a room. */
  const withRoom = async () => {
    const user = await ChatUser.register(target.url, 'ada');
    const room = await user.must('POST', '/api/v1/rooms', { name: 'garden', description: 'Tomatoes' });
    await user.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'Hello, *garden*.' });
    return { user, roomPath: `/rooms/${room.id}` };
  };

  /** The same in an organization, with another member, who has left something in the inbox. */
  const withEverything = async () => {
    const founder = await ChatUser.register(target.url, 'ada');
    const guest = await ChatUser.register(target.url, 'bob');
    await founder.must('POST', '/api/v1/organizations', { name: `Acme ${founder.username}` });
    const { token: invite } = await founder.must('POST', '/api/v1/organizations/mine/invites', {
      role: 'user',
    });
    await guest.must('POST', '/api/v1/organizations/join', { invite });
    // Their new logins name the organization.
    const [user, bob] = await Promise.all([founder.login(target.url), guest.login(target.url)]);
    // The directory learns of it a moment later.
    const room = await eventually(() =>
      user.must('POST', '/api/v1/rooms', {
        ...{ name: 'garden', description: 'Tomatoes', members: [bob.userId] },
      }),
    );
    await user.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'Hello, *garden*.' });
    await bob.must('POST', '/api/v1/friend-requests', { userId: user.userId });
    await bob.must('POST', '/api/v1/rooms', { kind: 'group', name: 'kitchen', members: [user.userId] });
    return { user, bob, roomPath: `/rooms/${room.id}` };
  };

  test.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)(
    'has its place for everything and no accessibility fault: %s, %i pixels wide',
    async (colorScheme, width) => {
      const { user, roomPath, bob } = await withEverything();
      const visitor = await arrive({ colorScheme, viewport: { width, height: 800 } });
      const tab = await visitor.open(roomPath);
      visitor.forgive(/ a status of 404 .* at \/(nowhere|api\/v1\/rooms\/invites\/unknown\/join)$/);
      const found: Record<string, string[]> = {};
      const check = async (name: string) => {
        const faults = await Visitor.faults(tab);
        const overflow = await tab.evaluate('document.documentElement.scrollWidth - innerWidth');
        if (faults.length > 0) found[name] = faults;
        expect([name, Number(overflow) <= 0]).toEqual([name, true]);
      };
      const closeDialog = async () => {
        await tab.keyboard.press('Escape');
        await tab.getByRole('dialog').waitFor({ state: 'detached' });
      };
      await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
      await check('sign in');
      await tab.getByRole('button', { name: 'New here? Create an account' }).click();
      await check('register');
      await tab.getByRole('button', { name: 'Already registered? Sign in' }).click();
      await signIn(tab, user);
      const message = tab.locator('.message').filter({ hasText: 'Hello,' });
      await message.waitFor();
      await check('room');
      expect(await tab.evaluate(columns)).toEqual(layouts[width]);
      expect(await tab.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        backgrounds[colorScheme],
      );
      if (width === 360) {
        // The focus follows to the column that is shown.
        await tab.getByRole('button', { name: 'Back' }).press('Enter');
        await tab.locator('.sidebar:focus').waitFor();
        await tab.getByRole('link', { name: 'garden' }).press('Enter');
        await tab.locator('.main :focus').waitFor();
        await message.waitFor();
      }
      const before = await message.boundingBox();
      await message.hover();
      await message.getByRole('toolbar').waitFor();
      expect(await message.boundingBox()).toEqual(before);
      await message.getByRole('button', { name: 'Delete' }).click();
      await tab.getByRole('dialog').waitFor();
      await check('delete');
      await closeDialog();
      await tab.getByRole('button', { name: 'Insert an emoji' }).click();
      await tab.getByRole('dialog', { name: 'Emoji' }).waitFor();
      await check('emoji');
      await closeDialog();
      if (width === 360) {
        for (const wider of [720, 900, 1280, 2560] as const) {
          await tab.setViewportSize({ width: wider, height: 800 });
          if (wider === 900) await tab.getByRole('button', { name: 'Members and details' }).click();
          await check(`room, ${wider} pixels wide`);
          expect(await tab.evaluate(columns)).toEqual(layouts[wider]);
        }
        await tab.getByRole('button', { name: 'Close' }).click();
        await tab.setViewportSize({ width, height: 800 });
      }
      await tab.keyboard.press('Control+k');
      await tab.getByRole('option').first().waitFor();
      await check('switcher');
      await tab.keyboard.press('Escape');
      const checkMenu = async (menu: string) => {
        await tab.getByRole('button', { name: menu }).click();
        await tab.getByRole('menu').waitFor();
        await check(`menu: ${menu}`);
        await tab.keyboard.press('Escape');
        await tab.getByRole('menu').waitFor({ state: 'detached' });
      };
      const checkDialogs = async (menu: string, items: readonly string[]) => {
        for (const item of items) {
          await choose(tab, menu, item);
          await tab.getByRole('dialog').waitFor();
          await check(item);
          await closeDialog();
        }
      };
      await checkMenu('More about this room');
      await checkDialogs('More about this room', roomDialogs);
      if (width === 360) await tab.getByRole('button', { name: 'Members and details' }).click();
      await checkMenu(`Actions for ${bob.username}`);
      await checkDialogs(`Actions for ${bob.username}`, ['Transfer ownership', 'Ban from room']);
      for (const [path, text] of screens) {
        await tab.evaluate(visit, path);
        if (!(width === 360 && path === '/')) await tab.getByText(text).first().waitFor();
        await tab.locator('.loading').first().waitFor({ state: 'detached' });
        await check(path);
        if (path !== '/') continue;
        await checkMenu('New');
        await checkMenu(user.username);
        await checkDialogs('New', ['Create a room']);
      }
      await tab.goto(`${target.url}/nowhere`);
      await tab.getByText('There is nothing at this address.').waitFor();
      await check('/nowhere');
      expect(found).toEqual({});
    },
  );

  test('the first view of a room needs at most 170 kB of scripts, compressed', async () => {
    const { user, roomPath } = await withRoom();
    const { visitor, tab } = await enter(user, '/');
    await tab.getByRole('link', { name: /garden/ }).waitFor();
    visitor.forgive(/ a status of 404 .* at \/nowhere$/);
    const fresh = await visitor.open('/nowhere');
    const sizes: Record<string, number> = {};
    await visitor.context.clearCookies();
    const session = await visitor.context.newCDPSession(fresh);
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    fresh.on('response', async (response) => {
      if (response.url().endsWith('.js'))
        sizes[response.url()] = Number(response.headers()['content-length']);
    });
    await fresh.goto(target.url + roomPath);
    await fresh.getByText('Hello,').first().waitFor();
    await fresh.locator('.member-name').first().waitFor();
    await fresh.waitForLoadState('networkidle');
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    expect(Object.keys(sizes).length).toBeGreaterThan(1);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThanOrEqual(maxScriptBytes);
  });

  test('theme, accent colour and language apply at once, and remain after a reload', async () => {
    const { user } = await withRoom();
    const { tab } = await enter(user, '/settings/appearance');
    await tab.getByLabel('Theme').selectOption('dark');
    await tab.getByLabel('#c2410c').click();
    const attribute = (name: string) => tab.locator('html').getAttribute(name);
    await tab.locator('html[data-theme="dark"][style*="--accent"]').waitFor();
    expect(await Visitor.faults(tab)).toEqual([]);
    await tab.getByLabel('Language').selectOption('de');
    await tab.locator('html[dir="ltr"][lang="de"]').waitFor();
    await heading(tab, 'Einstellungen').waitFor();
    expect(await Visitor.faults(tab)).toEqual([]);
    await tab.getByLabel('Sprache').selectOption('ar');
    await tab.locator('html[dir="rtl"][lang="ar"]').waitFor();
    expect(await Visitor.faults(tab)).toEqual([]);
    await tab.reload();
    await tab.locator('html[data-theme="dark"][dir="rtl"][style*="--accent"]').waitFor();
    expect(await attribute('lang')).toBe('ar');
    await tab.getByRole('link', { name: 'garden' }).click();
    await tab.getByText('Hello,').first().waitFor();
    expect(await tab.evaluate(columns)).toEqual(layouts[1280]);
    expect(await Visitor.faults(tab)).toEqual([]);
    expect(await user.must('GET', '/api/v1/users/me')).toMatchObject({
      themeMode: 'dark',
      themeColor: '#c2410c',
    });
  });

  test('addresses of the API stay JSON, also for a browser; pages have a strict policy', async () => {
    const html = { headers: { accept: 'text/html' } };
    for (const path of ['/api/v1/nothing', '/assets/nothing.js', '/metrics']) {
      const response = await fetch(target.url + path, html);
      expect([path, response.status, response.headers.get('content-type')]).toEqual([
        path,
        404,
        'application/problem+json; charset=utf-8',
      ]);
    }
    const page = await fetch(`${target.url}/rooms/anything`, html);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    for (const kind of ['script', 'style'])
      expect(new RegExp(`${kind}-src ([^;]*)`).exec(policy)?.[1]).toBe("'self'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

/** Runs in the page: where the visible columns begin and end, from the beginning of a line. */
const columns = () => {
  const { document, innerWidth } = globalThis as Json;
  const isMirrored = document.documentElement.dir === 'rtl';
  const place = (selector: string) => {
    const { left = 0, right = 0 } = document.querySelector(selector)?.getBoundingClientRect() ?? {};
    if (right === left) return null;
    return isMirrored ? [innerWidth - right, innerWidth - left] : [left, right];
  };
  return { sidebar: place('.sidebar'), room: place('.room-main'), members: place('.members') };
};

/** Runs in the page: follows a link without loading the page again. */
const visit = (path: string) => {
  const { history, dispatchEvent, PopStateEvent } = globalThis as Json;
  history.pushState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
};
