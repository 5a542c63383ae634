import { randomUUID } from 'node:crypto';
import { createClient, ParleyError, type Tokens } from '@parley/client';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { startProxy } from './proxy.ts';
import { contents, createPeople, online, password, record } from './sdk-people.ts';

const known = (tokens: Tokens | null): Tokens => {
  if (!tokens) throw new Error('nobody is logged in');
  return tokens;
};
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

describe('the client, on the embedded start', () => {
  let target: Target;
  const { someone, connect, unreliableProxy } = createPeople(() => target);
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());

  /** Ada, behind an unreliable proxy, and Bob, both in one room. */
  const pair = async () => {
    const proxy = await unreliableProxy();
    const [ada, bob] = [await someone('ada', proxy.url), await someone('bob')];
    const room = await ada.createRoom({ name: 'garden', members: [(await bob.me()).userId] });
    const [adaLive, bobLive] = [connect(ada), connect(bob)];
    await Promise.all([adaLive.join(room.id), bobLive.join(room.id)]);
    return { proxy, ada, bob, adaLive, bobLive, roomId: room.id };
  };

  test('two people find each other, talk, and receive every kind of event in a room, typed', async () => {
    const { ada, bob, adaLive, bobLive, roomId } = await pair();
    const me = await ada.me();
    expect((await bob.users({ search: me.username })).users).toMatchObject([{ id: me.userId }]);
    const names = [
      'message',
      'edited',
      'deleted',
      'reaction',
      'joined',
      'left',
      'typing',
      'read',
      'status',
    ] as const;
    const received = Object.fromEntries(names.map((name) => [name, record(bobLive, name)]));
    const sent = await adaLive.send(roomId, 'Hello');
    await adaLive.edit(roomId, sent.id, 'Hello, Bob.');
    await adaLive.react(roomId, sent.id, '👍');
    await adaLive.markRead(roomId);
    await adaLive.typing(roomId, true);
    await adaLive.delete(roomId, sent.id);
    const eve = await someone('eve');
    const eveLive = connect(eve);
    await eve.joinRoom(roomId);
    await eveLive.join(roomId);
    await eve.leaveRoom(roomId);
    const eveId = (await eve.me()).userId;
    await eventually(() => expect(received.left).toMatchObject([{ type: 'left', userId: eveId, roomId }]));
    expect(received).toMatchObject({
      message: [
        {
          type: 'message',
          id: sent.id,
          seq: sent.seq,
          clientId: sent.clientId,
          content: 'Hello',
          username: me.username,
        },
      ],
      edited: [{ type: 'edited', id: sent.id, content: 'Hello, Bob.' }],
      reaction: [
        { type: 'reaction', messageId: sent.id, counts: { '👍': 1 }, by: { userId: me.userId, on: true } },
      ],
      read: [{ userId: me.userId, roomId }],
      typing: [{ userId: me.userId, isTyping: true }],
      deleted: [{ type: 'deleted', id: sent.id }],
      joined: [{ type: 'joined', userId: eveId }],
    });
    expect(received.joined?.[0]).not.toHaveProperty('atCreation');
    eveLive.close();
    adaLive.close();
    await eventually(() =>
      expect(received.status).toContainEqual(
        expect.objectContaining({ userId: me.userId, status: 'offline' }),
      ),
    );
    expect((await bob.history(roomId)).messages).toMatchObject([{ id: sent.id, content: '' }]);
  });

  test('messages, edits and deletions missed while offline arrive once and in order afterwards', async () => {
    const { proxy, adaLive, bobLive, roomId } = await pair();
    const [received, edits, deletions] = [
      record(adaLive, 'message'),
      record(adaLive, 'edited'),
      record(adaLive, 'deleted'),
    ];
    const before = await bobLive.send(roomId, 'before');
    await eventually(() => expect(received).toHaveLength(1));
    proxy.block();
    const [first, second] = [await bobLive.send(roomId, 'first'), await bobLive.send(roomId, 'second')];
    await bobLive.send(roomId, 'third');
    await bobLive.edit(roomId, first.id, 'first, corrected');
    await bobLive.edit(roomId, before.id, 'before, corrected');
    await bobLive.delete(roomId, second.id);
    proxy.unblock();
    await bobLive.send(roomId, 'after');
    await eventually(() => expect(received.at(-1)?.content).toBe('after'));
    expect(contents(received)).toEqual(['before', 'first, corrected', '', 'third', 'after']);
    expect(received[2]?.deletedAt).not.toBeNull();
    expect(edits).toMatchObject([{ id: before.id, content: 'before, corrected' }]);
    expect(deletions).toEqual([]);
  });

  test('200 lines sent over a repeatedly broken connection arrive once and in order', async () => {
    const { proxy, adaLive, bobLive, roomId } = await pair();
    const [mine, theirs] = [record(adaLive, 'message'), record(bobLive, 'message')];
    const said = numbered(200);
    let acknowledged = 0;
    const sending = said.map(async (content) => {
      await adaLive.send(roomId, content);
      acknowledged += 1;
      if (acknowledged % 40 === 0) proxy.cut();
    });
    await Promise.all(sending);
    for (const received of [mine, theirs]) {
      await eventually(() => expect(received.length).toBeGreaterThanOrEqual(said.length));
      expect(contents(received)).toEqual(said);
    }
  });

  test('a login survives lost refresh responses, and concurrent refreshes with the same token', async () => {
    // Each client loses the response to its first refresh.
    const paths = await Promise.all(
      [1, 2].map(async () => {
        const counted = { refreshes: 0 };
        const loses = (path: string) => path.endsWith('/auth/refresh') && ++counted.refreshes === 1;
        return { counted, proxy: await startProxy(target.url, { loses }) };
      }),
    );
    const username = `ada-${randomUUID().slice(0, 8)}`;
    let latest: Tokens | null = null;
    const onTokens = (tokens: Tokens | null) => {
      latest = tokens;
    };
    await createClient({ url: target.url, onTokens }).register({
      username,
      email: `${username}@example.org`,
      password,
    });
    for (let round = 0; round < 3; round++) {
      const tokens: Tokens = { ...known(latest), renewAt: 0, expiresAt: 0 };
      const two = paths.map(({ proxy }) => createClient({ url: proxy.url, tokens, onTokens }));
      for (const { rooms } of await Promise.all(two.map((client) => client.rooms({ mine: true }))))
        expect(rooms).toEqual([]);
      expect(known(latest).refreshToken).not.toBe(tokens.refreshToken);
    }
    for (const { counted, proxy } of paths) {
      expect(counted.refreshes).toBe(3 + 1);
      proxy.close();
    }
  });

  test('a refresh without any response is repeated, and the call that waited for it succeeds', async () => {
    let lost = 0;
    const proxy = await startProxy(target.url, {
      loses: (path) => path.endsWith('/auth/refresh') && ++lost === 1,
      silently: true,
    });
    const { username } = await (await someone('ada')).me();
    let latest: Tokens | null = null;
    const onTokens = (tokens: Tokens | null) => {
      latest = tokens;
    };
    await createClient({ url: target.url, onTokens }).login({ username, password });
    const tokens: Tokens = { ...known(latest), renewAt: 0, expiresAt: 0 };
    const behind = createClient({ url: proxy.url, tokens });
    expect((await behind.rooms({ mine: true })).rooms).toEqual([]);
    expect(lost).toBe(2);
    proxy.close();
  });

  test('following a room can start from any known sequence number', async () => {
    const { ada, adaLive, bobLive, roomId } = await pair();
    const sent = await bobLive.send(roomId, 'one');
    for (const content of ['two', 'three']) await bobLive.send(roomId, content);
    adaLive.close();
    const later = connect(ada);
    const received = record(later, 'message');
    await later.join(roomId, { since: sent.seq });
    await bobLive.send(roomId, 'four');
    await eventually(() => expect(contents(received)).toEqual(['two', 'three', 'four']));
  });

  test('a login ended elsewhere stops the session with that reason and rejects pending sends', async () => {
    const { ada, adaLive, roomId } = await pair();
    const states = record(adaLive, 'connection');
    let token: string | undefined;
    const elsewhere = createClient({
      url: target.url,
      onTokens: (tokens) => {
        token = tokens?.accessToken;
      },
    });
    await elsewhere.login({ username: (await ada.me()).username, password });
    await fetch(`${target.url}/api/v1/auth/sessions`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    await eventually(() => expect(states.at(-1)).toEqual({ state: 'stopped', reason: 'session_revoked' }));
    await expect(adaLive.send(roomId, 'too late')).rejects.toMatchObject({ code: 'session_revoked' });
  });

  test('logging out closes live connections, and later calls fail', async () => {
    const { ada, adaLive } = await pair();
    const states = record(adaLive, 'connection');
    await ada.logout();
    expect(states.at(-1)).toMatchObject({ state: 'stopped' });
    await expect(ada.rooms()).rejects.toMatchObject({ code: 'not_logged_in' });
  });

  test('a removed member is notified once, and calls that cannot succeed are not retried', async () => {
    const { bob, adaLive, bobLive, roomId } = await pair();
    const removed = record(bobLive, 'removed');
    await bob.leaveRoom(roomId);
    await eventually(() => expect(removed).toEqual([{ roomId, reason: 'left' }]));
    await expect(bobLive.send(roomId, 'still here?')).rejects.toBeInstanceOf(ParleyError);
    await expect(bobLive.join(roomId)).rejects.toMatchObject({ retryable: false });
    await expect(adaLive.send(roomId, ' ')).rejects.toMatchObject({ code: 'validation_failed' });
  });

  test('a message is retried until its deadline, and then its sender gets the error', async () => {
    const { proxy, adaLive, roomId } = await pair();
    const gone = new Promise((resolve) =>
      adaLive.on('connection', ({ state }) => state === 'offline' && resolve(state)),
    );
    proxy.block();
    await gone;
    await expect(adaLive.send(roomId, 'too late', { deadlineMs: 300 })).rejects.toMatchObject({
      code: 'network',
      retryable: true,
    });
    const [back, sent] = [online(adaLive), adaLive.send(roomId, 'in time')];
    proxy.unblock();
    await back;
    expect(await sent).toMatchObject({ roomId });
  });
});
