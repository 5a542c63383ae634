import type { RoomState } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ann, MentionPlace, partsOf, pathOf } from './mentions-harness.ts';
import { type Person, person } from './messages-harness.ts';

let at: MentionPlace;
beforeAll(async () => {
  at = await MentionPlace.start();
});
afterAll(() => at?.stop());
const edit: MentionPlace['edit'] = (...change) => at.edit(...change);
const unreadOf: MentionPlace['unreadOf'] = (...asked) => at.unreadOf(...asked);

describe('a mention of all members', () => {
  const post = (who: Person, room: RoomState, body: object) =>
    at.messages.call(who, 'POST', pathOf(room), { content: 'x', ...body });
  const crowd = Array.from({ length: 50 }, (_, index) => person(`many${index}`));
  const [bob] = crowd as [Person];
  const mentions = { room: true };

  it('counts for everybody but its author, in one stored row, wherever it is in the text', async () => {
    const room = await at.messages.room([ann, ...crowd]);
    const sent = (await post(ann, room, { content: 'hi @room!', mentions })).body;
    expect(sent).toMatchObject({ mentions: [], roomMention: { start: 3, length: 5 } });
    expect(await at.db('mentions').where({ room_id: room.id })).toHaveLength(1);
    expect([await unreadOf(bob, room), await unreadOf(ann, room)]).toEqual([
      [1, 1],
      [0, 0],
    ]);
    await edit(room, sent, 'hi @many0');
    expect([await unreadOf(bob, room), await unreadOf(crowd[1] as Person, room)]).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });

  it('is one row in a room of 1,000, in which it counts for each of them', async () => {
    const many = Array.from({ length: 999 }, (_, index) => person(`one of many ${index}`));
    const room = await at.messages.room([ann, ...many]);
    await post(ann, room, { content: '@room' });
    expect(await at.db('mentions').where({ room_id: room.id })).toHaveLength(1);
    expect(await unreadOf(many[998] as Person, room)).toEqual([1, 1]);
  });

  it('is allowed to an admin of whom only the directory knows yet', async () => {
    const dee = person('dee');
    const room = await at.messages.room([ann, ...crowd]);
    at.messages.admit(room, at.messages.membership(room, dee, { version: 99, role: 'admin' }));
    expect(await post(dee, room, { mentions })).toMatchObject({ status: 201 });
  });

  it('beyond 50 members is refused to a member, unless the room allows it', async () => {
    const room = await at.messages.room([ann, ...crowd]);
    const refused = await post(bob, room, { mentions });
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      403,
      'not_authorized',
      'Only the owner and admins may mention all members of this room.',
    ]);
    const text = await post(bob, room, { content: '@room?' });
    expect([text.status, text.body.roomMention]).toEqual([201, undefined]);
    const plain = (await post(bob, room, {})).body;
    const path = pathOf(room, plain.id);
    expect((await at.messages.call(bob, 'PUT', path, { content: 'x', mentions })).status).toBe(403);
    await at.messages.change(room, { roomMentions: 'members' });
    await eventually(async () => expect((await post(bob, room, { mentions })).status).toBe(201));
    const small = await at.messages.room([ann, bob]);
    expect((await post(bob, small, { content: '@room' })).body.roomMention).toEqual({ start: 0, length: 5 });
    await at.messages.change(small, { roomMentions: 'admins' });
    at.advance(300_000);
    await eventually(async () => expect((await post(bob, small, { mentions })).status).toBe(403));
    expect((await post(ann, small, { mentions })).status).toBe(201);
  });

  it('is possible once in five minutes per room; repetitions and refusals do not count', async () => {
    const [one, two] = [await at.messages.room([ann, bob]), await at.messages.room([ann, bob])];
    const first = await post(ann, one, { mentions, clientId: 'k' });
    expect((await post(ann, one, { mentions, clientId: 'k' })).body.id).toBe(first.body.id);
    const refused = await post(bob, one, { mentions });
    expect([refused.status, refused.body.code, refused.body.setting, refused.body.limit]).toEqual([
      429,
      'rate_limit',
      'ROOM_MENTION_RATE',
      '1 per 5 minutes and room',
    ]);
    expect(refused.body.retryAfterMs).toBeGreaterThan(299_000);
    expect((await post(bob, one, { content: 'hi @room' })).body.roomMention).toBeUndefined();
    expect((await post(ann, two, { mentions, replyTo: newId() })).status).toBe(404);
    expect((await post(ann, two, { mentions })).status).toBe(201);
    const plain = (await post(ann, one, {})).body;
    expect((await edit(one, plain, 'y', { mentions })).status).toBe(429);
    expect((await edit(one, first.body, 'still for the @room')).body.roomMention).toEqual({
      start: 14,
      length: 5,
    });
    at.advance(300_000);
    expect((await edit(one, plain, 'y', { mentions })).status).toBe(200);
  });

  it('is one of a member, if a member is called so', async () => {
    const room = person('room');
    const place = await at.messages.room([ann, room]);
    const sent = await at.messages.send(ann, place, '@room');
    expect([partsOf(sent), sent.roomMention]).toEqual([[[room.userId, '@room']], undefined]);
  });
});
