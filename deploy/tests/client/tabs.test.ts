import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { servePage } from '../browser/serve-page.ts';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import type { Json } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { createPeople, password } from './sdk-people.ts';

await whereBrowsersRun('tabs that share a login (WebStorage), in a browser', (browser) => {
  let target: Target;
  const { someone, unreliableProxy } = createPeople(() => target);
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());

  /** A browser whose tabs have a client each, and a session that records its events. */
  const openBrowser = async (url = target.url) => {
    const page = await servePage(`<!doctype html><script type="module">
      import { createClient, WebStorage } from '${target.url}/sdk/parley-client.js';
      globalThis.client = createClient({ url: '${url}', storage: new WebStorage() });
      globalThis.connect = () => {
        globalThis.live = client.connect();
        globalThis.ends = [];
        live.on('connection', ({ state, reason }) => state === 'stopped' && ends.push(reason));
        live.on('conflict', ({ userId }) => ends.push(userId));
      };
    </script>`);
    const context = await browser().newContext();
    const open = async () => {
      const tab = await context.newPage();
      await tab.goto(page.origin);
      await tab.waitForFunction(() => (globalThis as Json).connect);
      return tab;
    };
    const close = async () => {
      await context.close();
      page.stop();
    };
    return { context, open, close };
  };
  type Tab = Awaited<ReturnType<Awaited<ReturnType<typeof openBrowser>>['open']>>;
  const logIn = (tab: Tab, username: string) =>
    tab.evaluate(
      ([name, secret]) => (globalThis as Json).client.login({ username: name, password: secret }),
      [username, password] as const,
    );
  const nameIn = (tab: Tab) => tab.evaluate(() => (globalThis as Json).client.api.getMyProfile());

  test('a login lasts beyond a reload, and one tab refreshes for all', async () => {
    const { username } = await (await someone('ada')).me();
    const { context, open, close } = await openBrowser();
    const [first, second] = [await open(), await open()];
    await logIn(first, username);
    for (const tab of [first, second]) expect(await nameIn(tab)).toMatchObject({ username });
    await first.evaluate(() => {
      const { localStorage } = globalThis as Json;
      const tokens = JSON.parse(localStorage.getItem('parley'));
      localStorage.setItem('parley', JSON.stringify({ ...tokens, renewAt: 0 }));
    });
    await Promise.all([first.reload(), second.reload()]);
    let refreshes = 0;
    await context.route('**/auth/refresh', async (route) => {
      refreshes += 1;
      // Answered when the other tab waits for its turn.
      const isWaiting = async () => (await (globalThis as Json).navigator.locks.query()).pending.length > 0;
      if (refreshes === 1) await first.waitForFunction(isWaiting);
      await route.continue();
    });
    for (const tab of [first, second]) await tab.waitForFunction(() => (globalThis as Json).client);
    for (const profile of await Promise.all([nameIn(first), nameIn(second)]))
      expect(profile).toMatchObject({ username });
    expect(refreshes).toBe(1);
    await close();
  });

  test('logging out ends the sessions of the other tabs; so does another login, as a conflict', async () => {
    const [ada, bob] = [await (await someone('ada')).me(), await (await someone('bob')).me()];
    const { open, close } = await openBrowser();
    const [first, second] = [await open(), await open()];
    await logIn(first, ada.username);
    await second.reload();
    const connect = () => (globalThis as Json).connect();
    await second.waitForFunction(() => (globalThis as Json).connect);
    await second.evaluate(connect);
    const ends = () => second.evaluate(() => (globalThis as Json).ends);
    await logIn(first, bob.username);
    await eventually(async () => expect(await ends()).toEqual([bob.userId, 'conflict']));
    expect(await nameIn(second)).toMatchObject({ username: bob.username });
    await second.evaluate(connect);
    await first.evaluate(() => (globalThis as Json).client.logout());
    // The server ends the shared login, and so does the storage.
    await eventually(async () => expect(['not_logged_in', 'session_revoked']).toContain((await ends())[0]));
    await eventually(async () => {
      const code = await second.evaluate(() =>
        (globalThis as Json).client.me().catch((error: Json) => error.code),
      );
      expect(code).toBe('not_logged_in');
    });
    await close();
  });

  test('a message that a reload interrupts is sent afterwards, once', async () => {
    const ada = await someone('ada');
    const { id: roomId } = await ada.createRoom({ name: 'garden' });
    const proxy = await unreliableProxy();
    const { open, close } = await openBrowser(proxy.url);
    const tab = await open();
    await logIn(tab, (await ada.me()).username);
    const connect = () => (globalThis as Json).connect();
    await tab.evaluate(connect);
    proxy.block();
    await tab.evaluate((room) => (globalThis as Json).live.post(room, 'before the reload'), roomId);
    await tab.reload();
    proxy.unblock();
    await tab.waitForFunction(() => (globalThis as Json).connect);
    await tab.evaluate(connect);
    await eventually(
      async () =>
        expect((await ada.history(roomId)).messages.map(({ content }) => content)).toEqual([
          'before the reload',
        ]),
      { timeoutMs: 60_000 },
    );
    await eventually(async () =>
      expect(await tab.evaluate(() => (globalThis as Json).live.pending())).toEqual([]),
    );
    await close();
  });
});
