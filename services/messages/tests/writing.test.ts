import { type Change, type ChangedBatch, makeEvent } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
const changes: Change[] = [];
const ada = person('ada');
const bob = person('bob');
const eve = person('eve');

beforeAll(async () => {
  messages = await startMessages();
  const collect = async (batches: { data: unknown }[]) => {
    for (const batch of batches) changes.push(...(batch.data as ChangedBatch).changes);
  };
  await messages.bus.consume('timeline', 'notifications', collect);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

const seqsOf = (roomId: string) =>
  changes.flatMap((change) => (change.roomId === roomId && 'seq' in change ? [change.seq] : []));

describe('sending', () => {
  test('a message is numbered after earlier joins, published, and found in the history', async () => {
    const room = await messages.room([ada, bob]);
    const sent = await messages.send(ada, room, '  hello\nworld  ');
    expect(sent).toMatchObject({
      seq: 3,
      changedSeq: 3,
      userId: ada.userId,
      username: 'ada',
      content: '  hello\nworld  ',
      clientId: null,
    });
    const history = await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/messages`);
    expect(history.body.messages).toEqual([sent]);
    await eventually(() => expect(seqsOf(room.id)).toEqual([1, 2, 3]));
  });

  test('concurrent sends with one clientId store one message and return its id and seq', async () => {
    const room = await messages.room([ada]);
    const sent = await Promise.all(
      Array.from({ length: 100 }, () => messages.send(ada, room, 'once', { clientId: 'k1' })),
    );
    expect(new Set(sent.map(({ id, seq }) => `${id} ${seq}`)).size).toBe(1);
    const later = await messages.send(ada, room, 'once', { clientId: 'k1' });
    expect(later).toEqual(sent[0]);
    expect(seqsOf(room.id)).toEqual([1, 2]);
  });

  test('reusing a clientId for other content is a conflict, also after an edit or in one batch', async () => {
    const room = await messages.room([ada, bob]);
    const first = await messages.send(ada, room, 'original', { clientId: 'k' });
    const path = `/api/v1/rooms/${room.id}/messages`;
    expect((await messages.call(ada, 'POST', path, { content: 'other', clientId: 'k' })).body).toMatchObject({
      status: 409,
      code: 'conflict',
    });
    await messages.call(ada, 'PUT', `${path}/${first.id}`, { content: 'edited' });
    expect((await messages.send(ada, room, 'original', { clientId: 'k' })).id).toBe(first.id);
    expect((await messages.call(ada, 'POST', path, { content: 'edited', clientId: 'k' })).status).toBe(409);
    expect((await messages.send(bob, room, 'other', { clientId: 'k' })).id).not.toBe(first.id);
    const both = await Promise.all([
      messages.call(ada, 'POST', path, { content: 'x', clientId: 'race' }),
      messages.call(ada, 'POST', path, { content: 'y', clientId: 'race' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  test.each([
    '\u200b',
    '\u2800\u2800',
    '\u3164',
    ' \u00ad\n',
    '\u{e0061}\u{e007f}',
    '\u2028',
    '\ufe0f',
    '\u202e',
  ])('a message of nothing but invisible characters is blank: %j', async (content) => {
    const room = await messages.room([ada]);
    const path = `/api/v1/rooms/${room.id}/messages`;
    expect(await messages.call(ada, 'POST', path, { content })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'content' }] },
    });
    const sent = await messages.send(ada, room, `${content}x`);
    expect(sent.content).toBe(`${content}x`);
    expect((await messages.call(ada, 'PUT', `${path}/${sent.id}`, { content })).status).toBe(422);
  });

  test('a reply must refer to a message of the same room', async () => {
    const room = await messages.room([ada]);
    const other = await messages.room([ada]);
    const elsewhere = await messages.send(ada, other, 'elsewhere');
    const first = await messages.send(ada, room, 'first');
    expect((await messages.send(ada, room, 'answer', { replyTo: first.id })).replyTo).toBe(first.id);
    const wrong = await messages.call(ada, 'POST', `/api/v1/rooms/${room.id}/messages`, {
      content: 'answer',
      replyTo: elsewhere.id,
    });
    expect(wrong.body).toMatchObject({
      status: 404,
      code: 'message_not_found',
      errors: [{ field: 'replyTo' }],
    });
    expect((await messages.send(ada, room, 'next')).seq).toBe(4);
  });

  test.each([
    ['nothing', {}, 'content'],
    ['an empty text', { content: '' }, 'content'],
    ['blanks', { content: ' \n\t ' }, 'content'],
    ['too long a text', { content: 'x'.repeat(10_001) }, 'content'],
    ['a NUL', { content: 'a\u0000b' }, 'content'],
    ['half an emoji', { content: 'a\ud83d' }, 'content'],
    ['a number', { content: 7 }, 'content'],
    ['a clientId with a space', { content: 'x', clientId: 'a b' }, 'clientId'],
    ['a long clientId', { content: 'x', clientId: 'k'.repeat(65) }, 'clientId'],
    ['a wrong replyTo', { content: 'x', replyTo: 'me' }, 'replyTo'],
    ['a list', [1], 'body'],
  ])('%s is refused with the name of the field and stores nothing', async (_what, body, field) => {
    const room = await messages.room([ada]);
    const refused = await messages.call(ada, 'POST', `/api/v1/rooms/${room.id}/messages`, body);
    expect(refused.body).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(refused.body.errors[0].field).toBe(field);
    expect((await messages.send(ada, room, 'fine')).seq).toBe(2);
  });

  test('texts in any script and up to the maximum length return unchanged', async () => {
    const room = await messages.room([ada]);
    for (const content of [
      '👩‍👩‍👧 مرحبا こんにちは',
      '\'; drop table timeline; -- "{}"',
      '\\u0000 is fine as text',
      'x'.repeat(10_000),
      '👍'.repeat(5_000),
    ]) {
      expect((await messages.send(ada, room, content)).content).toBe(content);
    }
  });
});

describe('permissions', () => {
  test('a stranger learns nothing about a private room and cannot use a public one', async () => {
    const hidden = await messages.room([ada]);
    const open = await messages.room([ada], { kind: 'channel', isPrivate: false });
    const sent = await messages.send(ada, hidden, 'secret');
    const attempts: [string, string, unknown?][] = [
      ['GET', ''],
      ['POST', '', { content: 'hi' }],
      ['GET', `/${sent.id}`],
      ['PUT', `/${sent.id}`, { content: 'hi' }],
      ['DELETE', `/${sent.id}`],
      ['POST', `/${sent.id}/reactions`, { reaction: '👍' }],
      ['POST', '/read', {}],
    ];
    for (const [method, path, body] of attempts) {
      const refused = await messages.call(eve, method, `/api/v1/rooms/${hidden.id}/messages${path}`, body);
      expect([method, path, refused.status, refused.body.code]).toEqual([
        method,
        path,
        404,
        'room_not_found',
      ]);
    }
    expect((await messages.call(eve, 'GET', `/api/v1/rooms/${hidden.id}/read-positions`)).status).toBe(404);
    expect(
      (await messages.call(eve, 'POST', `/api/v1/rooms/${open.id}/messages`, { content: 'hi' })).body.code,
    ).toBe('not_authorized');
    expect((await messages.call(eve, 'GET', `/api/v1/rooms/${open.id}/messages`)).body.code).toBe(
      'not_authorized',
    );
    expect((await messages.call(eve, 'GET', `/api/v1/rooms/${newId()}/messages`)).body.code).toBe(
      'room_not_found',
    );
  });

  test("senders change their own messages; owners may delete others'; members may do neither", async () => {
    const room = await messages.room([ada, bob, eve]);
    const sent = await messages.send(bob, room, 'mine');
    const path = `/api/v1/rooms/${room.id}/messages/${sent.id}`;
    expect((await messages.call(eve, 'PUT', path, { content: 'x' })).body.code).toBe('not_authorized');
    expect((await messages.call(ada, 'PUT', path, { content: 'x' })).body.code).toBe('not_authorized');
    expect((await messages.call(eve, 'DELETE', path)).body.code).toBe('not_authorized');
    const edited = await messages.call(bob, 'PUT', path, { content: 'still mine' });
    expect(edited.body).toMatchObject({ content: 'still mine', seq: sent.seq, changedSeq: sent.seq + 1 });
    expect(edited.body.editedAt).not.toBeNull();
    expect((await messages.call(ada, 'DELETE', path)).status).toBe(204);
    expect((await messages.call(bob, 'GET', path)).body).toMatchObject({
      content: '',
      changedSeq: sent.seq + 2,
    });
    expect((await messages.call(bob, 'PUT', path, { content: 'back' })).body.code).toBe('message_not_found');
    expect((await messages.call(ada, 'DELETE', path)).status).toBe(204);
    expect((await messages.send(bob, room, 'next')).seq).toBe(sent.seq + 3);
  });

  test('after a block both people can read their direct room and neither can write there', async () => {
    const room = await messages.room([ada, bob], { kind: 'direct' });
    await messages.send(ada, room, 'hi');
    for (const one of [ada, bob]) {
      const membership = messages.membership(room, one, { canSend: false, version: 10 });
      const event = makeEvent(
        'member.updated',
        { roomId: room.id, membership },
        { id: newId(), now: Date.now() },
      );
      await messages.bus.publish('directory', messages.bus.partitionOf('directory', room.id), event);
    }
    expect(
      (await messages.call(ada, 'POST', `/api/v1/rooms/${room.id}/messages`, { content: 'x' })).body.code,
    ).toBe('blocked');
    expect((await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/messages`)).body.messages).toHaveLength(
      1,
    );
  });
});
