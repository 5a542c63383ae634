import { type Change, type Message, makeEvent, type RoomState, type Submission } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
const changes: Change[] = [];
beforeAll(async () => {
  messages = await startMessages();
  await messages.bus.consume('timeline', 'notifications', async (envelopes) => {
    for (const { data } of envelopes) changes.push(...(data as { changes: Change[] }).changes);
  });
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

const [ada, bob] = [person('ada'), person('bob')];
const pin = (who: Person, { roomId, id }: Message, method = 'PUT') =>
  messages.call(who, method, `/api/v1/rooms/${roomId}/messages/${id}/pin`);
const unpin = (who: Person, message: Message) => pin(who, message, 'DELETE');
const pins = async (who: Person, room: RoomState): Promise<string[]> =>
  (await messages.call(who, 'GET', `/api/v1/rooms/${room.id}/pins`)).body.pins.map(
    ({ content }: Message) => content,
  );

describe('a pin', () => {
  test('is a numbered change of the message, and takes a number only once', async () => {
    const room = await messages.room([ada, bob]);
    const sent = await messages.send(bob, room, 'rules');
    const pinned = await pin(ada, sent);
    expect(pinned).toMatchObject({
      status: 200,
      body: { id: sent.id, changedSeq: sent.seq + 1, editedAt: null, pinned: { userId: ada.userId } },
    });
    expect((await pin(ada, sent)).body).toEqual(pinned.body);
    expect(await pins(bob, room)).toEqual(['rules']);
    const { body } = await messages.call(bob, 'POST', '/api/v1/sync', {
      rooms: [{ roomId: room.id, seq: sent.seq }],
    });
    expect(body.rooms[0]).toMatchObject({ seq: sent.seq + 1, changes: [{ message: pinned.body }] });
    const removed = await unpin(ada, sent);
    expect(removed.body).toMatchObject({ changedSeq: sent.seq + 2 });
    expect(removed.body.pinned).toBeUndefined();
    expect((await unpin(ada, sent)).body).toEqual(removed.body);
    expect(await pins(bob, room)).toEqual([]);
    await eventually(() =>
      expect(
        changes.flatMap((change) => ('pin' in change && change.roomId === room.id ? [change.pin] : [])),
      ).toMatchObject([{ on: true }, { on: true }, { on: false }, { on: false }]),
    );
  });

  test('keeps an edited message, and lists the latest pin first', async () => {
    const room = await messages.room([ada]);
    const [one, two] = [await messages.send(ada, room, 'one'), await messages.send(ada, room, 'two')];
    for (const message of [two, one]) await pin(ada, message);
    await messages.call(ada, 'PUT', `/api/v1/rooms/${room.id}/messages/${one.id}`, { content: 'uno' });
    expect(await pins(ada, room)).toEqual(['uno', 'two']);
  });

  test('may be set by owner and admins, in direct rooms by both, and by nobody else', async () => {
    const group = await messages.room([ada, bob]);
    const direct = await messages.room([ada, bob], { kind: 'direct' });
    const [inGroup, inDirect] = [
      await messages.send(bob, group, 'hello'),
      await messages.send(ada, direct, 'hello'),
    ];
    expect(await pin(bob, inGroup)).toMatchObject({ status: 403, body: { code: 'not_authorized' } });
    expect((await pin(bob, inDirect)).status).toBe(200);
    expect((await unpin(ada, inDirect)).status).toBe(200);
    expect(await pin(person('eve'), inGroup)).toMatchObject({
      status: 404,
      body: { code: 'room_not_found' },
    });
    const other = { ...inGroup, id: newId() };
    expect(await pin(ada, other)).toMatchObject({ status: 404, body: { code: 'message_not_found' } });
    expect((await messages.call(person('eve'), 'GET', `/api/v1/rooms/${group.id}/pins`)).status).toBe(404);
  });

  test('ends when the message is deleted or expires, or its author is erased', async () => {
    const room = await messages.room([ada, bob]);
    const expired = await messages.send(ada, room, 'expired');
    const deleted = await messages.send(ada, room, 'deleted');
    const erased = await messages.send(bob, room, 'erased');
    const kept = await messages.send(ada, room, 'kept');
    for (const message of [deleted, expired, erased, kept]) await pin(ada, message);
    await messages.call(ada, 'DELETE', `/api/v1/rooms/${room.id}/messages/${deleted.id}`);
    const by = { userId: room.id, username: '' };
    const submit = (one: object) => {
      const items = [{ ref: 0, id: newId(), roomId: room.id, by, ...one } as Submission];
      const event = makeEvent(
        'timeline.submitted',
        { origin: null, items },
        { id: newId(), now: Date.now() },
      );
      return messages.bus.publish('submissions', messages.bus.partitionOf('submissions', room.id), event);
    };
    await submit({ op: 'expire', after: 0, upTo: expired.seq });
    await submit({ op: 'erase', by: bob, after: 0, upTo: null });
    await eventually(async () => expect(await pins(ada, room)).toEqual(['kept']));
    const history: Json[] = (await messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`)).body
      .messages;
    expect(history.flatMap(({ pinned, content }) => (pinned ? [content] : []))).toEqual(['kept']);
    expect(await pin(ada, deleted)).toMatchObject({ status: 404, body: { code: 'message_not_found' } });
  });

  test('is one of at most 100 in a room', async () => {
    const room = await messages.room([ada]);
    const all = await Promise.all(
      Array.from({ length: 101 }, (_, number) => messages.send(ada, room, `message ${number}`)),
    );
    const answers = await Promise.all(all.map((message) => pin(ada, message)));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toMatchObject([{ status: 409, body: { code: 'limit_reached' } }]);
    const [pinned, left] = [200, 409].map((one) => all[answers.findIndex(({ status }) => status === one)]);
    if (!pinned || !left) throw new Error('nothing pinned');
    await messages.call(ada, 'DELETE', `/api/v1/rooms/${room.id}/messages/${pinned.id}`);
    expect((await pin(ada, left)).status).toBe(200);
  });
});
