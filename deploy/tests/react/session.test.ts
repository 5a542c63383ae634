import { createClient, MemoryStorage, type ParleyError } from '@parley/client';
import { ParleyProvider, useConnection, useRooms, useSession } from '@parley/react';
import { eventually } from '@parley/testkit';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProxy } from '../client/proxy.ts';
import { createPeople, password } from '../client/sdk-people.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { createMounts } from './mount.ts';

let target: Target;
const { someone, unreliableProxy } = createPeople(() => target);
const { mount } = createMounts();
beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterAll(() => target?.stop());

const useBoth = () => ({ session: useSession(), connection: useConnection() });

test('logging in and out, in StrictMode, with one connection', async () => {
  const ada = await (await someone('ada')).me();
  const proxy = await startProxy(target.url);
  const hooks = mount(createClient({ url: proxy.url }), useBoth);
  await eventually(() => expect(hooks.current.session.state).toBe('loggedOut'));
  expect(hooks.current.connection.state).toBe('stopped');
  const wrong = await hooks.current.session
    .logIn({ username: ada.username, password: 'wrong' })
    .catch((error: ParleyError) => error.code);
  expect(wrong).toBe('invalid_credentials');
  expect(hooks.current.session.state).toBe('loggedOut');
  await hooks.current.session.logIn({ username: ada.username, password });
  expect(hooks.current.session).toMatchObject({ state: 'loggedIn', user: ada, ended: null });
  await eventually(() => expect(hooks.current.connection.state).toBe('online'));
  await eventually(() =>
    expect(hooks.current.session.profile).toMatchObject({
      id: ada.userId,
      email: `${ada.username}@example.org`,
    }),
  );
  await hooks.current.session.updateProfile({ jobTitle: 'gardener' });
  await eventually(() => expect(hooks.current.session.profile?.jobTitle).toBe('gardener'));
  expect(proxy.forwarded.filter((request) => request.startsWith('WS '))).toHaveLength(1);
  await hooks.current.session.logOut();
  await eventually(() =>
    expect(hooks.current.session).toMatchObject({
      state: 'loggedOut',
      user: null,
      profile: null,
      ended: null,
    }),
  );
  expect(hooks.current.connection.state).toBe('stopped');
  proxy.close();
});

test('a session that is revoked elsewhere ends with its reason, and the next login works', async () => {
  const other = await someone('ada');
  const { username } = await other.me();
  const hooks = mount(createClient({ url: target.url }), useBoth);
  await hooks.current.session.logIn({ username, password });
  await eventually(() => expect(hooks.current.connection.state).toBe('online'));
  await other.api.revokeOtherSessions();
  await eventually(() =>
    expect(hooks.current.session).toMatchObject({ state: 'loggedOut', user: null, ended: 'session_revoked' }),
  );
  await hooks.current.session.logIn({ username, password });
  await eventually(() => expect(hooks.current.connection.state).toBe('online'));
  expect(hooks.current.session).toMatchObject({ state: 'loggedIn', ended: null });
});

test('after an interruption it waits with a reason, and retryNow connects at once', async () => {
  const proxy = await unreliableProxy();
  const hooks = mount(await someone('ada', proxy.url), useBoth);
  await eventually(() => expect(hooks.current.connection.state).toBe('online'));
  proxy.block();
  // The pauses between attempts grow: this one is longer than the test waits.
  await eventually(
    () => {
      const { state, retryAt = 0 } = hooks.current.connection;
      expect(state).toBe('waiting');
      expect(retryAt).toBeGreaterThan(Date.now() + 4_000);
    },
    { timeoutMs: 120_000 },
  );
  expect(hooks.current.connection).toMatchObject({ reason: expect.any(String), message: expect.any(String) });
  const { retryAt = 0 } = hooks.current.connection;
  proxy.unblock();
  hooks.current.connection.retryNow();
  await eventually(() => expect(hooks.current.connection).toMatchObject({ state: 'online', missed: 0 }));
  expect(Date.now()).toBeLessThan(retryAt);
});

test('two providers have a user each, and providers of one client share its connection', async () => {
  const proxy = await startProxy(target.url);
  const [ada, bob] = [await someone('ada', proxy.url), await someone('bob', proxy.url)];
  const hooks = [mount(ada, useBoth), mount(bob, useBoth), mount(bob, useBoth)];
  for (const hook of hooks) await eventually(() => expect(hook.current.connection.state).toBe('online'));
  expect(hooks.map(({ current }) => current.session.user)).toEqual([
    await ada.me(),
    await bob.me(),
    await bob.me(),
  ]);
  expect(proxy.forwarded.filter((request) => request.startsWith('WS '))).toHaveLength(2);
  await hooks[0]?.current.session.logOut();
  expect(hooks.map(({ current }) => current.session.state)).toEqual(['loggedOut', 'loggedIn', 'loggedIn']);
  proxy.close();
});

test('the last provider of a client takes its connection along', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const room = await ada.directRoom((await bob.me()).userId);
  const hooks = mount(ada, useBoth);
  await eventually(() => expect(hooks.current.connection.state).toBe('online'));
  const live = bob.connect();
  const isAdaOnline = async () =>
    (await live.people(room.id)).find(({ userId }) => userId === hooks.current.session.user?.userId)
      ?.isOnline;
  await eventually(async () => expect(await isAdaOnline()).toBe(true));
  hooks.unmount();
  await eventually(async () => expect(await isAdaOnline()).toBe(false));
  live.close();
});

test('rendering on a server shows the initial state and makes no request', async () => {
  const proxy = await startProxy(target.url);
  const Page = () => {
    const { rooms, loading } = useRooms();
    return createElement(
      'p',
      null,
      `${useSession().state} ${useConnection().state} ${rooms.length} ${loading}`,
    );
  };
  const storage = new MemoryStorage();
  await createClient({ url: target.url, storage }).login({
    username: (await (await someone('ada')).me()).username,
    password,
  });
  const client = createClient({ url: proxy.url, storage });
  expect(renderToString(createElement(ParleyProvider, { client }, createElement(Page)))).toBe(
    '<p>loading connecting 0 true</p>',
  );
  expect(proxy.forwarded).toEqual([]);
  expect(() => renderToString(createElement(Page))).toThrow('ParleyProvider');
  proxy.close();
});

test('without a server, only the login here ends, when the user asks for that', async () => {
  const proxy = await unreliableProxy();
  const hooks = mount(await someone('ada', proxy.url), useBoth);
  await eventually(() => expect(hooks.current.connection.state).toBe('online'));
  proxy.block();
  const refused = await hooks.current.session.logOut().catch((error: ParleyError) => error.code);
  expect([refused, hooks.current.session.state]).toEqual(['network', 'loggedIn']);
  await hooks.current.session.logOut({ onlyHere: true });
  await eventually(() => expect(hooks.current.session).toMatchObject({ state: 'loggedOut', ended: null }));
});

test('a provider with an address keeps the login in localStorage', async () => {
  const ada = await (await someone('ada')).me();
  const hooks = mount(target.url, useSession);
  await hooks.current.logIn({ username: ada.username, password });
  const { localStorage } = globalThis as unknown as { localStorage: { getItem(key: string): string | null } };
  expect(localStorage.getItem('parley')).toContain(ada.userId);
  await hooks.current.logOut();
  expect(localStorage.getItem('parley')).toBeNull();
});
