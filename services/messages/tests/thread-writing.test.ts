import { type Change, type ChangedBatch, type Message, makeEvent, type Submission } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, eventually, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendRows } from '../src/stores/append.ts';
import type { NewEntry } from '../src/stores/new-entry.ts';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

let database: TestDatabase;
let db: Database;
let messages: MessagesHarness;
const changes: Change[] = [];
const ada = person('ada');
const bob = person('bob');

beforeAll(async () => {
  database = await createTestDatabase();
  messages = await startMessages({ database });
  db = connectDatabase({ url: database.url, schema: 'messages' });
  await messages.bus.consume('timeline', 'notifications', async (batches) => {
    for (const batch of batches) changes.push(...(batch.data as ChangedBatch).changes);
  });
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(async () => {
  await db?.destroy();
  await messages?.stop();
  await database?.drop();
});

async function setScene() {
  const room = await messages.room([ada, bob]);
  const path = `/api/v1/rooms/${room.id}/messages`;
  const root = await messages.send(ada, room, 'a question');
  return {
    room,
    path,
    root,
    reply: (who: typeof ada, to: Message, extra: object = {}) =>
      messages.send(who, room, 'an answer', { threadRoot: to.id, ...extra }),
    post: (who: typeof ada, body: object) => messages.call(who, 'POST', path, body),
    history: async (): Promise<Message[]> => (await messages.call(ada, 'GET', path)).body.messages,
  };
}

describe('a reply in a thread', () => {
  test('names the root by its number, everywhere, and replies to what it was sent to', async () => {
    const { room, root, reply, history } = await setScene();
    const sent = await reply(bob, root);
    expect(sent).toMatchObject({ threadRootSeq: root.seq, replyTo: root.id });
    expect(sent).not.toHaveProperty('alsoInRoom');
    const shared = await reply(ada, root, { alsoInRoom: true });
    expect(shared).toMatchObject({ threadRootSeq: root.seq, alsoInRoom: true });
    expect(await history()).toEqual([root, sent, shared]);
    expect(root).not.toHaveProperty('threadRootSeq');
    const synced = await messages.call(bob, 'POST', '/api/v1/sync', {
      rooms: [{ roomId: room.id, seq: root.seq }],
    });
    expect(synced.body.rooms[0].changes.map(({ message }: { message: Message }) => message)).toEqual([
      sent,
      shared,
    ]);
    await eventually(() => {
      const published = changes.flatMap((change) => ('message' in change ? [change.message] : []));
      expect(published).toEqual(expect.arrayContaining([sent, shared]));
    });
  });

  test('to a reply joins its root: a thread has one level', async () => {
    const { root, reply } = await setScene();
    const first = await reply(bob, root);
    const second = await reply(ada, first);
    expect(second).toMatchObject({ threadRootSeq: root.seq, replyTo: first.id });
    const quoting = await reply(bob, second, { replyTo: root.id });
    expect(quoting).toMatchObject({ threadRootSeq: root.seq, replyTo: root.id });
  });

  test('keeps its thread when it is edited or deleted, or its root is deleted', async () => {
    const { root, reply, path } = await setScene();
    const sent = await reply(bob, root, { alsoInRoom: true });
    const edited = await messages.call(bob, 'PUT', `${path}/${sent.id}`, { content: 'a better one' });
    expect(edited.body).toMatchObject({ threadRootSeq: root.seq, alsoInRoom: true });
    expect((await messages.call(ada, 'DELETE', `${path}/${root.id}`)).status).toBe(204);
    expect(await reply(ada, root)).toMatchObject({ threadRootSeq: root.seq });
    expect((await messages.call(bob, 'DELETE', `${path}/${sent.id}`)).status).toBe(204);
    const { body } = await messages.call(ada, 'GET', `${path}/${sent.id}`);
    expect(body).toMatchObject({ content: '', threadRootSeq: root.seq, alsoInRoom: true });
  });

  test('is refused in a thread of another room; alone, `alsoInRoom` means nothing', async () => {
    const { post } = await setScene();
    const { root } = await setScene();
    const refused = await post(ada, { content: 'lost', threadRoot: root.id });
    expect(refused).toMatchObject({
      status: 404,
      body: { code: 'message_not_found', errors: [{ field: 'threadRoot', reason: 'not_found' }] },
    });
    const alone = await post(ada, { content: 'lost', alsoInRoom: true });
    expect(alone).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'alsoInRoom', reason: 'combination' }] },
    });
    expect((await post(ada, { content: 'fine', alsoInRoom: false })).status).toBe(201);
  });

  test('does not read the room up to the message that it answers', async () => {
    const { room, root, reply } = await setScene();
    await messages.send(ada, room, 'meanwhile');
    await reply(bob, root);
    const { body } = await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/read-positions`);
    expect(body.positions).toEqual([]);
    await messages.send(bob, room, 'an answer in the room', { replyTo: root.id });
    const after = await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/read-positions`);
    expect(after.body.positions).toMatchObject([{ userId: bob.userId, seq: root.seq }]);
  });

  test('sent again under its key is the same one; in another thread it is a conflict', async () => {
    const { root, reply, post, room } = await setScene();
    const sent = await reply(bob, root, { clientId: 'k', alsoInRoom: true });
    expect(await reply(bob, root, { clientId: 'k', alsoInRoom: true })).toEqual(sent);
    const other = await messages.send(ada, room, 'another question');
    const body = { content: 'an answer', clientId: 'k' };
    for (const place of [
      { threadRoot: other.id, alsoInRoom: true },
      { threadRoot: root.id },
      { replyTo: root.id },
      {},
    ])
      expect(await post(bob, { ...body, ...place })).toMatchObject({
        status: 409,
        body: { code: 'conflict' },
      });
    const race = await Promise.all([
      post(bob, { content: 'x', clientId: 'race', threadRoot: root.id }),
      post(bob, { content: 'x', clientId: 'race' }),
    ]);
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  test('arrives with joins and plain messages in one batch, each as it is', async () => {
    const { room, root } = await setScene();
    const base = { ref: 0, roomId: room.id, op: 'send' as const, clientId: null, isEncrypted: false };
    const items: Submission[] = [
      { ...base, id: newId(), by: ada, content: 'plain', replyTo: null },
      { ...base, id: newId(), by: bob, content: 'threaded', replyTo: null, threadRoot: root.id },
      { ...base, id: newId(), by: bob, content: 'nowhere', replyTo: null, threadRoot: newId() },
      {
        ...{ ref: 0, roomId: room.id, op: 'join' as const, id: newId(), by: person('eve'), room },
        membership: messages.membership(room, person('eve'), { version: 7 }),
      },
      { ...base, id: newId(), by: bob, content: 'quoting', replyTo: root.id },
    ];
    const event = makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() });
    await messages.bus.publish('submissions', messages.bus.partitionOf('submissions', room.id), event);
    const path = `/api/v1/rooms/${room.id}/messages?after_seq=${root.seq}`;
    await eventually(async () => {
      const { body } = await messages.call(ada, 'GET', path);
      expect(
        body.messages.map(({ content, replyTo, threadRootSeq }: Message) => [
          content,
          replyTo,
          threadRootSeq,
        ]),
      ).toEqual([
        ['plain', null, undefined],
        ['threaded', root.id, root.seq],
        ['quoting', root.id, undefined],
      ]);
    });
  });
});

test('the fingerprint of a message outside of threads is that of earlier releases', async () => {
  const { room, root } = await setScene();
  const answered = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';
  await db('timeline').where({ room_id: room.id, seq: root.seq }).update({ id: answered });
  const entry = (changes: Partial<NewEntry>): NewEntry => ({
    ...{ roomId: room.id, id: newId(), kind: 'message', senderId: ada.userId, senderName: 'ada' },
    ...{ clientKey: newId(), content: 'hello', replyTo: null, isEncrypted: false, reason: null },
    ...{ mentions: null, additional: null, allowed: true, ...changes },
  });
  // Recorded by a release without threads: md5 of `f|hello`, and of the id, `|t|hello`.
  const recorded = ['dedf62c0-9cc4-6ee1-231c-f38c0383f527', '0a57bd9d-5a48-fe83-b811-fb07ec342acf'];
  const fingerprints = async (entries: NewEntry[], expectNew: boolean) => {
    await appendRows(db, entries, new Date(), { expectNew });
    const rows: { id: string; fingerprint: string }[] = await db('timeline')
      .whereIn(
        'id',
        entries.map(({ id }) => id),
      )
      .orderBy('seq');
    return rows.map(({ fingerprint }) => fingerprint);
  };
  const plain = () => [entry({}), entry({ replyTo: answered, isEncrypted: true })];
  for (const expectNew of [true, false]) {
    expect(await fingerprints(plain(), expectNew)).toEqual(recorded);
    // In a batch with a reply in a thread, another statement computes them.
    const mixed = [...plain(), entry({ replyTo: answered, threadRoot: answered })];
    const found = await fingerprints(mixed, expectNew);
    expect(found.slice(0, 2)).toEqual(recorded);
    expect(recorded).not.toContain(found[2]);
  }
});
