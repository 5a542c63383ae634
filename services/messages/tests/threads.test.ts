import { createHash } from 'node:crypto';
import { publishEvent } from '@parley/bus';
import {
  type Change,
  type ChangedBatch,
  type Message,
  makeEvent,
  type Submission,
  type Thread,
} from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
const changes: Change[] = [];
beforeAll(async () => {
  messages = await startMessages();
  await messages.bus.consume('timeline', 'notifications', async (batches) => {
    for (const batch of batches) changes.push(...(batch.data as ChangedBatch).changes);
  });
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

/** A room with a question of Ada's, in which Bob takes part. */
async function setScene() {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')] as const;
  const room = await messages.room([ada, bob, eve]);
  const path = `/api/v1/rooms/${room.id}/messages`;
  const root = await messages.send(ada, room, 'a question');
  const ask = async (who: Person, method: string, to: string, body?: object) => {
    const answer = await messages.call(who, method, to, body);
    if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const threads = async (who: Person, filter = 'all'): Promise<Thread[]> =>
    (await ask(who, 'GET', `/api/v1/rooms/${room.id}/threads?filter=${filter}`)).threads;
  return {
    ...{ ada, bob, eve, room, path, root, ask, threads },
    reply: (who: Person, extra: object = {}) =>
      messages.send(who, room, 'an answer', { threadRoot: root.id, ...extra }),
    threadOf: async (who: Person): Promise<Thread | undefined> => (await threads(who))[0],
    /** Unread in threads, and in rooms for clients that show threads apart, or do not. */
    unread: async (who: Person) => {
      const { total } = await ask(who, 'GET', '/api/v1/threads/unread');
      const rooms = await Promise.all(
        ['?threads=true', ''].map(async (query) => (await ask(who, 'GET', `/api/v1/unread${query}`)).total),
      );
      return [total, ...rooms];
    },
    read: (who: Person, body: object = {}) => ask(who, 'POST', `${path}/read`, body),
    readThread: (who: Person, body: object = {}) => ask(who, 'POST', `${path}/${root.id}/thread/read`, body),
  };
}

describe('a thread', () => {
  test('has counts, participants and its last reply, for each member', async () => {
    const { ada, bob, eve, root, reply, threads, room } = await setScene();
    await messages.send(ada, room, 'no thread');
    expect(await threads(ada)).toEqual([]);
    await reply(bob);
    await reply(ada);
    const last = await reply(bob);
    const shared = {
      ...{ roomId: room.id, rootId: root.id, rootSeq: root.seq, root, replies: 3 },
      ...{ lastReplySeq: last.seq, lastReplyAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) },
      participants: [
        { userId: bob.userId, username: 'bob' },
        { userId: ada.userId, username: 'ada' },
      ],
    };
    expect(await threads(ada)).toEqual([{ ...shared, following: true, readSeq: 0, unread: 2 }]);
    expect(await threads(bob)).toEqual([{ ...shared, following: true, readSeq: 0, unread: 1 }]);
    expect(await threads(eve)).toEqual([{ ...shared, following: false, readSeq: 0, unread: 0 }]);
    expect(await threads(eve, 'followed')).toEqual([]);
  });

  test('is paged in both directions, given any of its messages', async () => {
    const { ada, bob, root, reply, ask, path, room } = await setScene();
    const replies: Message[] = [];
    for (let n = 0; n < 7; n++) {
      replies.push(await reply(n % 2 ? ada : bob));
      await messages.send(ada, room, 'meanwhile');
    }
    const page = (query: string, of: Message = root) =>
      ask(ada, 'GET', `${path}/${of.id}/thread?limit=3${query}`);
    const seqs = ({ messages: found }: { messages: Message[] }) => found.map(({ seq }) => seq);
    const all = replies.map(({ seq }) => seq);
    const newest = await page('', replies[2]);
    expect(newest.thread).toMatchObject({ rootSeq: root.seq, replies: 7, root });
    const { pagination } = newest;
    expect([seqs(newest), pagination.hasMore]).toEqual([all.slice(4), true]);
    const before = await page(`&before_seq=${pagination.before_seq}`);
    expect([seqs(before), before.pagination.hasMore]).toEqual([all.slice(1, 4), true]);
    const first = await page(`&before_seq=${before.pagination.before_seq}`);
    expect([seqs(first), first.pagination.hasMore]).toEqual([all.slice(0, 1), false]);
    const after = await page(`&after_seq=${all[0]}`);
    expect([seqs(after), after.pagination.hasMore]).toEqual([all.slice(1, 4), true]);
    const last = await page(`&after_seq=${all[3]}`);
    expect([seqs(last), last.pagination.hasMore]).toEqual([all.slice(4), false]);
  });

  test('keeps its place without its root; without any reply, it is none', async () => {
    const { ada, bob, root, reply, ask, path, threadOf, unread } = await setScene();
    const only = await reply(bob);
    await ask(ada, 'DELETE', `${path}/${root.id}`);
    expect(await threadOf(ada)).toMatchObject({ root: { id: root.id, content: '' }, replies: 1, unread: 1 });
    // The only unread reply is deleted.
    await ask(bob, 'DELETE', `${path}/${only.id}`);
    expect(await unread(ada)).toEqual([0, 0, 0]);
    expect(await threadOf(ada)).toBeUndefined();
    const { thread, messages: left } = await ask(ada, 'GET', `${path}/${only.id}/thread`);
    expect(thread).toMatchObject({ replies: 0, lastReplySeq: null, lastReplyAt: null, participants: [] });
    expect(left).toMatchObject([{ id: only.id, content: '' }]);
  });

  test('names erased people as the room does, and forgets their positions', async () => {
    const { ada, bob, reply, readThread, threadOf } = await setScene();
    await reply(bob);
    await readThread(bob);
    const erased = makeEvent('profile.erased', { userId: bob.userId }, { id: newId(), now: Date.now() });
    await publishEvent(messages.bus, erased);
    await eventually(async () =>
      expect((await threadOf(ada))?.participants).toEqual([{ userId: bob.userId, username: 'deleted user' }]),
    );
  });

  test('is hidden from those who may not read the room', async () => {
    const { root, room, path, bob } = await setScene();
    for (const [method, to] of [
      ['GET', `/api/v1/rooms/${room.id}/threads`],
      ['POST', `/api/v1/rooms/${room.id}/threads/read`],
      ['GET', `${path}/${root.id}/thread`],
      ['POST', `${path}/${root.id}/thread/read`],
      ['PUT', `${path}/${root.id}/thread/follow`],
      ['DELETE', `${path}/${root.id}/thread/follow`],
    ] as const) {
      const { status, body } = await messages.call(
        person('mallory'),
        method,
        to,
        method === 'POST' ? {} : undefined,
      );
      expect([method, to, status, body.code]).toEqual([method, to, 404, 'room_not_found']);
    }
    const missing = await messages.call(bob, 'PUT', `${path}/${newId()}/thread/follow`);
    expect(missing).toMatchObject({ status: 404, body: { code: 'message_not_found' } });
  });
});

describe('unread replies', () => {
  test('are not unread in the room for clients that show threads apart, unless also there', async () => {
    const { ada, bob, reply, unread, read, readThread, room } = await setScene();
    await reply(bob);
    await reply(bob, { alsoInRoom: true });
    await messages.send(bob, room, 'a message');
    expect(await unread(ada)).toEqual([2, 2, 3]);
    await read(ada, { threads: true });
    expect(await unread(ada)).toEqual([2, 0, 0]);
    await readThread(ada);
    expect(await unread(ada)).toEqual([0, 0, 0]);
    await reply(bob);
    // A client without threads sees the reply in the room, and reads it there for all clients.
    expect(await unread(ada)).toEqual([1, 0, 1]);
    await read(ada);
    expect(await unread(ada)).toEqual([0, 0, 0]);
  });

  test('are never those of the reader', async () => {
    const { ada, bob, reply, unread } = await setScene();
    await reply(ada);
    await reply(ada);
    expect(await unread(ada)).toEqual([0, 0, 0]);
    expect(await unread(bob)).toEqual([0, 1, 3]);
  });

  test('of all threads are read at once; the room is not', async () => {
    const { ada, bob, room, reply, unread, ask } = await setScene();
    const other = await messages.send(ada, room, 'another question');
    await reply(bob);
    await messages.send(bob, room, 'an answer', { threadRoot: other.id });
    await messages.send(bob, room, 'a message');
    expect(await unread(ada)).toEqual([2, 1, 3]);
    await ask(ada, 'POST', `/api/v1/rooms/${room.id}/threads/read`);
    expect(await unread(ada)).toEqual([0, 1, 3]);
  });

  test('that were marked unread stay so when the room is opened, until they are read', async () => {
    const { ada, bob, root, reply, unread, read, readThread, room, ask } = await setScene();
    await reply(bob);
    await reply(bob);
    await read(ada);
    expect(await unread(ada)).toEqual([0, 0, 0]);
    await readThread(ada, { seq: root.seq, unread: true });
    expect(await unread(ada)).toEqual([2, 0, 0]);
    await messages.send(bob, room, 'a message');
    await read(ada, { threads: true });
    expect(await unread(ada)).toEqual([2, 0, 0]);
    // A late position of another device does not go back.
    await readThread(ada);
    await readThread(ada, { seq: root.seq });
    expect(await unread(ada)).toEqual([0, 0, 0]);
    await readThread(ada, { seq: root.seq, unread: true });
    await ask(ada, 'POST', `/api/v1/rooms/${room.id}/threads/read`);
    expect(await unread(ada)).toEqual([0, 0, 0]);
  });

  test('do not appear after leaving, nor after returning, nor in threads that are not followed', async () => {
    const { ada, bob, root, reply, unread, ask, path, room } = await setScene();
    await reply(bob);
    await ask(ada, 'DELETE', `${path}/${root.id}/thread/follow`);
    expect(await unread(ada)).toEqual([0, 0, 1]);
    await ask(ada, 'PUT', `${path}/${root.id}/thread/follow`);
    expect(await unread(ada)).toEqual([1, 0, 1]);
    await messages.leave(room, ada);
    expect(await unread(ada)).toEqual([0, 0, 0]);
    await reply(bob);
    await messages.join(room, ada);
    expect(await unread(ada)).toEqual([0, 0, 0]);
    await reply(bob);
    expect(await unread(ada)).toEqual([1, 0, 1]);
    await messages.close(room);
    expect(await unread(ada)).toEqual([0, 0, 0]);
  });
});

test('the history of clients that show threads apart has the threads instead of their replies', async () => {
  const { ada, bob, root, reply, ask, path, room } = await setScene();
  await reply(bob);
  const shared = await reply(bob, { alsoInRoom: true });
  const plain = await messages.send(ada, room, 'a message');
  const { messages: shown, threads } = await ask(ada, 'GET', `${path}?threads=true`);
  expect(shown).toEqual([root, shared, plain]);
  expect(threads).toMatchObject([{ rootId: root.id, replies: 2, unread: 2, following: true }]);
  const everything = await ask(ada, 'GET', path);
  expect(everything.messages).toHaveLength(4);
  expect(everything).not.toHaveProperty('threads');
  const digestOf = (messages: Message[]) => {
    const lines = messages.map(({ seq, changedSeq }) => `${seq}:${changedSeq}\n`);
    return { count: messages.length, digest: createHash('sha256').update(lines.join('')).digest('hex') };
  };
  const digest = path.replace(/messages$/, 'digest');
  expect(await ask(ada, 'GET', `${digest}?threads=true`)).toMatchObject(digestOf(shown));
  expect(await ask(ada, 'GET', digest)).toMatchObject(digestOf(everything.messages));
  const page = await ask(ada, 'GET', `${path}?threads=true&limit=1&before_seq=${shared.seq}`);
  expect(page).toMatchObject({ messages: [{ id: root.id }], threads: [{ rootId: root.id }] });
});

test("positions in threads are the user's own: only their devices receive them", async () => {
  const { ada, bob, root, reply, read, readThread, ask, room } = await setScene();
  const sent = await reply(bob);
  await readThread(ada, { seq: sent.seq });
  await read(ada, { threads: true });
  const moved = () =>
    changes.flatMap((change) =>
      change.roomId === room.id && change.kind === 'thread.moved' ? [[change.to, change.position]] : [],
    );
  const position = { threadRootSeq: root.seq, seq: sent.seq, threadsSeq: 0, following: null };
  const inAll = { threadRootSeq: 0, seq: 0, threadsSeq: 0, following: null };
  await eventually(() =>
    expect(moved()).toEqual([
      [[ada.userId], position],
      [[ada.userId], inAll],
    ]),
  );
  const sync = (who: Person, body: object) =>
    ask(who, 'POST', '/api/v1/sync', { rooms: [{ roomId: room.id, seq: 0 }], ...body });
  expect((await sync(ada, { threads: true })).rooms[0].threads).toEqual([position, inAll]);
  expect((await sync(bob, { threads: true })).rooms[0].threads).toEqual([]);
  expect((await sync(ada, {})).rooms[0]).not.toHaveProperty('threads');
});

test('replies that have expired are neither counted nor shown; their thread goes on', async () => {
  const { ada, bob, root, reply, unread, threadOf, room } = await setScene();
  const { seq: upTo } = await reply(bob);
  const by = { userId: room.id, username: '' };
  const items: Submission[] = [{ ref: 0, id: newId(), roomId: room.id, by, op: 'expire', after: 0, upTo }];
  const event = makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() });
  await messages.bus.publish('submissions', messages.bus.partitionOf('submissions', room.id), event);
  await eventually(async () => expect(await unread(ada)).toEqual([0, 0, 0]));
  expect(await threadOf(ada)).toBeUndefined();
  await reply(bob);
  expect(await threadOf(ada)).toMatchObject({ replies: 1, unread: 1, root: { id: root.id, content: '' } });
});
