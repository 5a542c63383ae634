import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Page, servePage } from './browser/serve-page.ts';
import { whereBrowsersRun } from './browser/where-browsers-run.ts';
import { startProxy } from './client/proxy.ts';
import type { Json } from './whole-stack/chat-user.ts';
import {
  borrowEmbeddedTarget,
  type EmbeddedTarget,
  startEmbeddedTarget,
} from './whole-stack/start-targets.ts';
import type { Target } from './whole-stack/target.ts';

/**
 * Runs in the page: registers by `fetch`, connects by socket.io-client with its default options,
 * and receives its own message.
 */
const converse = async ({
  url,
  options,
  credentials,
}: {
  url: string;
  options: object;
  credentials: 'include' | 'omit';
}): Promise<Json> => {
  const call = async (
    path: string,
    body: object,
    token?: string,
  ): Promise<{ requestId: string | null; body: Json }> => {
    const headers = {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      credentials,
    });
    return { requestId: response.headers.get('x-request-id'), body: await response.json() };
  };
  const username = `ada-${Math.random().toString(36).slice(2)}`;
  const registered = await call('/api/v1/auth/register', {
    username,
    email: `${username}@example.org`,
    password: 'correct horse',
  });
  const token = registered.body.accessToken;
  const room = await call('/api/v1/rooms', { name: 'From a page' }, token);
  const socket = (globalThis as Json).io(url, { auth: { token }, ...options });
  const transports: string[] = [];
  const upgraded = new Promise<void>((resolve) => {
    socket.io.on('open', () => {
      transports.push(socket.io.engine.transport.name);
      socket.io.engine.on('upgrade', (transport: Json) => resolve(void transports.push(transport.name)));
    });
  });
  const connected = new Promise((resolve, reject) =>
    socket.on('connect', resolve).on('connect_error', reject),
  );
  const received = new Promise<Json>((resolve) => socket.on('receive_message', resolve));
  await Promise.all([connected, upgraded]);
  socket.emit('join_room', { roomId: room.body.id });
  socket.emit('send_message', { roomId: room.body.id, content: 'hello from a page' });
  const { content } = await received;
  socket.disconnect();
  return { requestId: registered.requestId, transports, content };
};

await whereBrowsersRun('a page of another origin, in a browser', (browser) => {
  /** Opens a page that loads socket.io-client from that address. */
  const open = async (url: string, page: Page) => {
    page.html = `<!doctype html><title>A page</title><script src="${url}/socket.io/socket.io.js"></script>`;
    const tab = await browser().newPage();
    await tab.goto(page.origin);
    return tab;
  };
  let pages: Page[];
  let target: Target;
  beforeEach(async () => {
    pages = await Promise.all([servePage(), servePage()]);
  });
  afterEach(async () => {
    for (const page of pages) page.stop();
    await target.stop();
  });

  test('talks over REST and socket.io-client with default options: polling, then WebSocket', async () => {
    target = await borrowEmbeddedTarget();
    const tab = await open(target.url, pages[0] as Page);
    expect(
      await tab.evaluate(converse, { url: target.url, options: {}, credentials: 'omit' as const }),
    ).toEqual({
      requestId: expect.stringMatching(/^[\w-]{36}$/),
      transports: ['polling', 'websocket'],
      content: 'hello from a page',
    });
  });

  test('may send credentials and load the client in parts if it is listed; no other may', async () => {
    const [listed, other] = pages as [Page, Page];
    target = await startEmbeddedTarget({ env: { CORS_ORIGINS: `https://chat.example,${listed.origin}` } });
    const asked = { url: target.url, options: { withCredentials: true }, credentials: 'include' as const };
    const said = await (await open(target.url, listed)).evaluate(converse, asked);
    expect(said).toMatchObject({ transports: ['polling', 'websocket'], content: 'hello from a page' });

    // As text, because Vitest would replace the import.
    const verified = await (await open(target.url, listed)).evaluate(`(async () => {
      const { createBot, createClient, verifyCopy } = await import('${target.url}/sdk/parley-client.js');
      const client = createClient({ url: '${target.url}' });
      const username = 'carol-' + crypto.randomUUID().slice(0, 8);
      await client.register({ username, email: username + '@example.org', password: 'correct horse' });
      const { id: roomId } = await client.api.createRoom({ name: 'copied' });
      const { seq } = await client.api.sendMessage({ roomId, content: 'to be copied' });
      const copy = [];
      const result = await verifyCopy(client.api, roomId, {
        range: () => ({ from: 1, to: seq }),
        messages: () => copy,
        at: () => seq,
        repair: (put) => copy.push(...put),
      });
      let bot;
      try { createBot({}); } catch ({ message }) { bot = message; }
      return { ...result, contents: copy.map(({ content }) => content), bot };
    })()`);
    expect(verified).toMatchObject({ isCorrect: true, repaired: 1, contents: ['to be copied'] });
    expect(verified).toMatchObject({ bot: 'A page must not contain a key. Run bots with Node.' });

    const tab = await open(target.url, other);
    await expect(
      tab.evaluate(converse, { ...asked, options: {}, credentials: 'omit' as const }),
    ).rejects.toThrow('Failed to fetch');
    const advice = await tab.evaluate(
      `import('${target.url}/sdk/parley-client.js').then(({ createClient }) =>
        createClient({ url: '${target.url}' }).ping().catch(({ message }) => message))`,
    );
    expect(advice).toContain(`CORS_ORIGINS must contain ${other.origin}.`);
    const poll = (url: string) =>
      fetch(`${url}/socket.io/?EIO=4&transport=polling`).then((answer) => answer.text());
    await expect(tab.evaluate(poll, target.url)).rejects.toThrow('Failed to fetch');
  });
});

await whereBrowsersRun('Swagger UI, in a browser, behind a proxy that strips a prefix', (browser) => {
  let target: EmbeddedTarget;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let tab: Awaited<ReturnType<ReturnType<typeof browser>['newPage']>>;
  /** The tag of each operation, under which the page shows it. */
  let tags: Map<string, string>;
  const refused: string[] = [];
  beforeEach(async () => {
    target = await startEmbeddedTarget();
    proxy = await startProxy(target.url, { prefix: '/chat' });
    tab = await browser().newPage();
    // A hundred operations take a while to render on a busy machine.
    tab.setDefaultTimeout(120_000);
    tab.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    tab.on('requestfailed', (request) => {
      const { errorText = '' } = request.failure() ?? {};
      // A reload cancels what the page is still loading, such as its icon.
      if (errorText !== 'net::ERR_ABORTED') refused.push(`${request.url()}: ${errorText}`);
    });
    const { paths }: Json = await (await fetch(`${target.url}/openapi.json`)).json();
    const operations: Json[] = Object.values(paths).flatMap((methods) => Object.values(methods as Json));
    tags = new Map(operations.map((operation) => [operation.operationId, operation.tags[0]]));
    await tab.goto(`${proxy.url}/docs`);
    await foldAll();
  });
  afterEach(async () => {
    await tab.close();
    proxy.close();
    await target.stop();
  });
  /** Opens or closes parts of the page, as a click on their headings does. */
  const show = (parts: readonly string[][], shown: boolean) =>
    tab.evaluate(
      ([all, open]) => {
        for (const part of all) (globalThis as Json).ui.layoutActions.show(part, open);
      },
      [parts, shown] as const,
    );
  /** Whatever is open is rendered again at each keystroke and response, which takes seconds. */
  const foldAll = async () => {
    await tab.locator('.opblock-tag').last().waitFor();
    await show(
      [...new Set(tags.values())].map((tag) => ['operations-tag', tag]),
      false,
    );
  };
  /** Executes an operation as shown. Returns its response. */
  const execute = async (operationId: string): Promise<Json> => {
    const tag = tags.get(operationId) ?? '';
    const parts = [
      ['operations-tag', tag],
      ['operations', tag, operationId],
    ];
    await show(parts, true);
    const block = tab.locator(`[id$="-${operationId}"]`);
    const [response] = await Promise.all([
      tab.waitForResponse(
        (each) => /\/chat\/(api|auth)\//.test(each.url()) && each.request().method() !== 'OPTIONS',
      ),
      block.getByRole('button', { name: 'Execute', exact: true }).click(),
    ]);
    await block.locator('.live-responses-table').waitFor();
    expect([operationId, response.status()]).toEqual([
      operationId,
      expect.toSatisfy((status: number) => status < 300),
    ]);
    await show(parts, false);
    return response.json();
  };

  test('pressing Execute in order works, and Authorize replaces the token', async () => {
    const { accessToken } = await execute('register');
    const { user: alan } = await execute('sharedRegister');
    expect(await execute('getMyProfile')).toMatchObject({ username: 'grace' });
    const { id: roomId } = await execute('createRoom');
    await execute('addMembers');
    expect(await execute('sendMessage')).toMatchObject({ roomId, content: 'Hello!' });
    await tab.reload();
    await foldAll();
    expect(await execute('requestFriend')).toMatchObject({ to: { userId: alan.id } });
    await tab.locator('button.authorize').first().click();
    await tab.locator('.auth-container input').fill(accessToken);
    await tab.locator('.auth-btn-wrapper button.authorize').click();
    await tab.locator('.auth-btn-wrapper .btn-done').click();
    expect(await execute('listNotifications')).toMatchObject({ notifications: [] });
    expect(await execute('getHistory')).toMatchObject({
      messages: expect.arrayContaining([expect.objectContaining({ content: 'Hello!' })]),
    });
    // The content security policy allows everything that the page needs.
    expect(refused).toEqual([]);
  }, 300_000);
});
