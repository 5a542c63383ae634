import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { socketIoReleases } from './libraries.ts';
import { createPrograms, type Program } from './program.ts';

interface Person {
  id: string;
  username: string;
  page: Program;
}

/** The front ends of `conversations.md`. */
export function conversationsClients(target: () => Target): void {
  const start = createPrograms();
  const open = async (
    entry: 'register' | 'login',
    username: string,
    release = 'socket.io-client',
  ): Promise<Person> => {
    const page = await start('conversations-front-end.mjs', [target().url, entry, username], {
      SOCKET_IO_CLIENT: release,
    });
    const [user] = await Promise.all([page.prints('user'), page.prints('connect', { namespace: '/' })]);
    await page.prints('notifications:connected', { status: 'connected' });
    return { id: user.user_id, username, page };
  };
  const register = (name: string, release?: string) =>
    open('register', `${name}-${randomUUID().slice(0, 8)}`, release);
  const create = async (owner: Person, name: string | null, ...others: Person[]): Promise<string> =>
    (await owner.page.act('create', name, owner.id, ...others.map(({ id }) => id))).conversation_id;

  test('conversations: `newMessage` reaches every participant, for every release', async () => {
    const [ada, bob, eve] = await Promise.all(
      socketIoReleases.map((release, index) => register(`user${index}`, release)),
    );
    if (!ada || !bob || !eve) return expect.fail('nobody');
    const laptop = await open('login', bob.username);
    const rooms = [await create(ada, null, bob), await create(ada, 'book club', bob, eve)];
    for (const [index, conversation_id] of rooms.entries()) {
      const content = `hello ${index}`;
      await ada.page.act('send', conversation_id, content);
      const listeners = index === 0 ? [ada, bob, laptop] : [ada, bob, laptop, eve];
      for (const { page } of listeners) {
        const message = await page.prints('newMessage', { content });
        expect(message).toMatchObject({
          conversation_id,
          sender_id: ada.id,
          status: 'sent',
          is_edited: false,
          deleted_at: null,
        });
      }
    }
    await bob.page.act('post', rooms[1], 'by REST');
    for (const { page } of [ada, bob, laptop, eve]) {
      await page.prints('newMessage', { content: 'by REST', sender_id: bob.id });
      const contents = page.all('newMessage').map((message: Json) => message.content);
      expect(contents).toEqual([...new Set(contents)]);
      expect(page.all('open')).toEqual([{ transport: 'polling' }]);
    }
    expect(eve.page.all('newMessage').map((message: Json) => message.content)).toEqual([
      'hello 1',
      'by REST',
    ]);
  });

  test('conversations: `messageStatus` reaches author and participants without any prior event', async () => {
    const [ada, bob, eve] = await Promise.all([register('ada'), register('bob'), register('eve')]);
    const id = await create(ada, 'book club', bob, eve);
    const { message_id } = await ada.page.act('post', id, 'read me');
    for (const status of ['delivered', 'read']) {
      await bob.page.act('mark', message_id, status);
      for (const { page } of [ada, bob, eve])
        await page.prints('messageStatus', { messageId: message_id, userId: bob.id, status });
    }
  });

  test('conversations: `joinConversation` determines the `userTyping` events received', async () => {
    const [ada, bob, eve] = await Promise.all([register('ada'), register('bob'), register('eve')]);
    const id = await create(ada, 'book club', bob, eve);
    await ada.page.act('open', id);
    await bob.page.act('open', id);
    let isTyping = false;
    await eventually(
      async () => {
        isTyping = !isTyping;
        await bob.page.act('typing', id, isTyping);
        expect(ada.page.all('userTyping')).toContainEqual({
          userId: bob.id,
          conversationId: id,
          isTyping: true,
        });
      },
      { intervalMs: 200 },
    );
    await bob.page.act('send', id, 'typed');
    await eve.page.prints('newMessage', { content: 'typed' });
    expect(eve.page.all('userTyping')).toEqual([]);
  });

  test('conversations: `userStatus`: offline "only when their last connection has closed"', async () => {
    const [ada, bob] = await Promise.all([register('ada'), register('bob')]);
    const id = await create(ada, null, bob);
    const laptop = await open('login', bob.username);
    bob.page.close();
    await laptop.page.act('send', id, 'still here');
    await ada.page.prints('newMessage', { content: 'still here' });
    expect(
      ada.page.all('userStatus').filter((one: Json) => one.userId === bob.id && one.status === 'offline'),
    ).toEqual([]);
    laptop.page.close();
    await eventually(() => ada.page.prints('userStatus', { userId: bob.id, status: 'offline' }), {
      timeoutMs: 20_000,
    });
    await open('login', bob.username);
    await eventually(() =>
      expect(
        ada.page
          .all('userStatus')
          .filter(({ userId }: Json) => userId === bob.id)
          .at(-1),
      ).toMatchObject({ status: 'online' }),
    );
  });

  test('conversations: `/notifications` notifies participants not viewing the conversation', async () => {
    const [ada, bob, eve] = await Promise.all([register('ada'), register('bob'), register('eve')]);
    const id = await create(ada, 'book club', bob, eve);
    await bob.page.prints('notification', { type: 'group_invite' });
    await bob.page.act('open', id);
    await eventually(async () => {
      const before = eve.page.all('notification').length;
      const bobs = bob.page.all('notification').length;
      const { content } = await ada.page.act('post', id, `chapter ${randomUUID()}`);
      await eventually(() => expect(eve.page.all('notification').length).toBeGreaterThan(before));
      expect(eve.page.all('notification').at(-1)).toMatchObject({
        type: 'message',
        is_read: false,
        metadata: { conversation_id: id, sender_id: ada.id, message_preview: content },
      });
      expect(bob.page.all('notification').length).toBe(bobs);
    });
  });

  test('conversations: `POST /auth/logout` ends both sockets; `token` has the claims', async () => {
    const ada = await register('ada');
    const [claims] = ada.page.all('claims');
    expect(claims).toMatchObject({ id: ada.id, username: ada.username });
    expect(claims.exp - claims.iat).toBe(7 * 24 * 3_600);
    expect(await ada.page.act('logout')).toEqual({ message: 'Successfully logged out' });
    for (const namespace of ['/', '/notifications']) await ada.page.prints('disconnect', { namespace });
  });
}

/** The published suite of `conversations.md`. */
export function conversationsSuite(target: () => Target): void {
  const start = createPrograms();

  test('conversations: its published end-to-end suite passes, step by step', async () => {
    const suite = await start('conversations-suite.mjs', [target().url]);
    await eventually(() => expect(suite.all('finished')).toHaveLength(1), { timeoutMs: 60_000 });
    const steps = suite.all('step');
    expect(steps.filter(({ ok }: Json) => !ok)).toEqual([]);
    expect(steps).toHaveLength(24);
  }, 60_000);
}
