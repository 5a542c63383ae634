import type { Message, RoomState } from '@parley/contracts';
import { connectDatabase, migrate } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../migrations/index.ts';
import { findNamedMembers } from '../src/stores/mentioned-members.ts';
import { ann, MentionPlace, partsOf, pathOf } from './mentions-harness.ts';
import { type Person, person } from './messages-harness.ts';

let at: MentionPlace;
beforeAll(async () => {
  at = await MentionPlace.start();
});
afterAll(() => at?.stop());
const edit: MentionPlace['edit'] = (...change) => at.edit(...change);
const unreadOf: MentionPlace['unreadOf'] = (...asked) => at.unreadOf(...asked);

const remove = (room: RoomState, { id }: Message) => at.messages.call(ann, 'DELETE', pathOf(room, id));
const read = (who: Person, room: RoomState, messageId?: string) =>
  at.messages.call(who, 'POST', `${pathOf(room)}/read`, messageId ? { messageId } : {});

describe('a message carries whom it mentions', () => {
  it('found in its text: the longest name, at its place in UTF-16 code units', async () => {
    const [bob, lee, zoe] = [person('bob'), person('Bob Lee'), person('Zoë')];
    const room = await at.messages.room([ann, bob, lee, zoe]);
    const sent = await at.messages.send(ann, room, '👋🏽 @Bob Lee, @bob and ＠ZOË! not me@bob.org, @nobody');
    expect(partsOf(sent)).toEqual([
      [lee.userId, '@Bob Lee'],
      [bob.userId, '@bob'],
      [zoe.userId, '＠ZOË'],
    ]);
    const { body } = await at.messages.call(bob, 'GET', pathOf(room, sent.id));
    expect(body.mentions).toEqual(sent.mentions);
    const plain = await at.messages.send(ann, room, 'hello bob');
    expect(plain).not.toHaveProperty('mentions');
  });

  it('stated by the client, which takes precedence over the text', async () => {
    const [bob, eve, out] = [person('bob'), person('eve'), person('out')];
    const room = await at.messages.room([ann, bob, eve]);
    const mentions = { userIds: [eve.userId, out.userId, eve.userId] };
    const sent = await at.messages.send(ann, room, '@bob, ask @eve', { mentions });
    expect(partsOf(sent)).toEqual([[eve.userId, '@eve']]);
    const unnamed = await at.messages.send(ann, room, 'ask her', { mentions });
    expect(partsOf(unnamed)).toEqual([[eve.userId, null]]);
    const nobody = await at.messages.send(ann, room, '@bob', { mentions: {} });
    expect(partsOf(nobody)).toEqual([]);
    expect(await unreadOf(eve, room)).toEqual([3, 2]);
    expect(await unreadOf(bob, room)).toEqual([3, 0]);
  });

  it('in an encrypted message only if the client states it', async () => {
    const bob = person('bob');
    const room = await at.messages.room([ann, bob]);
    const silent = await at.messages.send(ann, room, 'x @bob', { isEncrypted: true });
    expect(silent).not.toHaveProperty('mentions');
    const mentions = { userIds: [bob.userId] };
    const stated = await at.messages.send(ann, room, 'x @bob', { isEncrypted: true, mentions });
    expect(partsOf(stated)).toEqual([[bob.userId, null]]);
    expect((await edit(room, silent, 'y @bob')).body).not.toHaveProperty('mentions');
    expect(await unreadOf(bob, room)).toEqual([2, 1]);
  });

  it('whatever the members are called later', async () => {
    const bob = person('bob');
    const room = await at.messages.room([ann, bob]);
    const sent = await at.messages.send(ann, room, 'hi @bob');
    await at.messages.rename(room, { ...bob, username: 'robert' });
    const again = await at.messages.send(ann, room, '@bob or @robert');
    expect(partsOf(again)).toEqual([[bob.userId, '@robert']]);
    const { body } = await at.messages.call(ann, 'GET', pathOf(room, sent.id));
    expect(partsOf(body)).toEqual([[bob.userId, '@bob']]);
  });

  it('of at most 50 users, however many the text names', async () => {
    const crowd = Array.from({ length: 60 }, (_, index) => person(`m${index}`));
    const room = await at.messages.room([ann, ...crowd]);
    const sent = await at.messages.send(ann, room, crowd.map(({ username }) => `@${username}`).join(' '));
    expect(sent.mentions).toHaveLength(50);
    const mentions = { userIds: Array.from({ length: 51 }, newId) };
    const refused = await at.messages.call(ann, 'POST', pathOf(room), { content: 'x', mentions });
    expect([refused.status, refused.body.errors?.[0]?.field]).toEqual([422, 'mentions.userIds']);
  });

  it('also a member of whom only the directory knows yet', async () => {
    const bob = person('bob');
    const room = await at.messages.room([ann]);
    at.messages.admit(room, at.messages.membership(room, bob, { version: 7 }));
    const sent = await at.messages.send(ann, room, 'welcome', { mentions: { userIds: [bob.userId] } });
    expect(partsOf(sent)).toEqual([[bob.userId, null]]);
  });
});

describe('a repeated submission', () => {
  it('of a message with stated mentions is the same message, or a conflict', async () => {
    const [bob, eve] = [person('bob'), person('eve')];
    const room = await at.messages.room([ann, bob, eve]);
    const send = (userIds: string[] | undefined, clientId: string) =>
      at.messages.call(ann, 'POST', pathOf(room), {
        content: 'hi',
        clientId,
        ...(userIds && { mentions: { userIds } }),
      });
    const first = await send([bob.userId, eve.userId], 'a');
    const repeated = await send([eve.userId, bob.userId], 'a');
    expect([repeated.status, repeated.body.id]).toEqual([201, first.body.id]);
    expect((await send([bob.userId], 'a')).status).toBe(409);
    expect((await send(undefined, 'a')).status).toBe(409);
    expect(await unreadOf(bob, room)).toEqual([1, 1]);
  });

  it('has the fingerprint of earlier releases without stated mentions', async () => {
    const room = await at.messages.room([ann]);
    const replied = await at.messages.send(ann, room, 'a question');
    const fixed = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';
    await at.db('timeline').where({ id: replied.id }).update({ id: fixed });
    await at.messages.send(ann, room, 'hello @ann|x', { clientId: 'one' });
    await at.messages.send(ann, room, 'an answer', { clientId: 'two', replyTo: fixed });
    const stored = await at.db('timeline').where({ room_id: room.id }).whereNotNull('client_key');
    // Recorded with the release before mentions were stored.
    expect(Object.fromEntries(stored.map((row) => [row.client_key, row.fingerprint]))).toMatchObject({
      one: 'ddf3bf54-ae95-470a-e9d4-375434d7eff3',
      two: '94b2952e-6411-b1db-a66b-34b2f293fa1f',
    });
  });
});

describe('an edit', () => {
  it('counts for a newly mentioned user once, even where the message is read', async () => {
    const bob = person('bob');
    const room = await at.messages.room([ann, bob]);
    const sent = await at.messages.send(ann, room, 'hello');
    await at.messages.send(ann, room, 'more');
    await read(bob, room);
    expect(await unreadOf(bob, room)).toEqual([0, 0]);
    const { body } = await edit(room, sent, 'hello @bob');
    expect(partsOf(body)).toEqual([[bob.userId, '@bob']]);
    expect(await unreadOf(bob, room)).toEqual([0, 1]);
    await edit(room, sent, 'hello, @bob');
    expect(await unreadOf(bob, room)).toEqual([0, 1]);
    await read(bob, room);
    expect(await unreadOf(bob, room)).toEqual([0, 0]);
    await edit(room, sent, 'hello');
    await edit(room, sent, 'hello again, @bob');
    expect(await unreadOf(bob, room)).toEqual([0, 0]);
  });

  it('withdraws a mention at once, and restores it as the same one', async () => {
    const [bob, eve] = [person('bob'), person('eve')];
    const room = await at.messages.room([ann, bob, eve]);
    const sent = await at.messages.send(ann, room, '@bob and @eve');
    await edit(room, sent, 'only @eve');
    expect([await unreadOf(bob, room), await unreadOf(eve, room)]).toEqual([
      [1, 0],
      [1, 1],
    ]);
    await edit(room, sent, '@bob?');
    expect([await unreadOf(bob, room), await unreadOf(eve, room)]).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });

  it('with other stated mentions changes the message, although its text is the same', async () => {
    const [bob, eve] = [person('bob'), person('eve')];
    const room = await at.messages.room([ann, bob, eve]);
    const sent = await at.messages.send(ann, room, 'look', { mentions: { userIds: [bob.userId] } });
    const change = { mentions: { userIds: [eve.userId] } };
    const { body } = await edit(room, sent, 'look', change);
    expect([partsOf(body), body.changedSeq > sent.seq]).toEqual([[[eve.userId, null]], true]);
    expect((await edit(room, sent, 'look', change)).body.changedSeq).toBe(body.changedSeq);
    expect([await unreadOf(bob, room), await unreadOf(eve, room)]).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  it('of a message from an earlier release alerts only users whom its text did not name', async () => {
    const [bob, eve] = [person('bob'), person('eve')];
    const room = await at.messages.room([ann, bob, eve]);
    const sent = await at.messages.send(ann, room, 'hi @bob');
    await at.db('mentions').where({ room_id: room.id }).delete();
    await at.db('timeline').where({ id: sent.id }).update({ mentions: null });
    for (const one of [bob, eve]) await read(one, room);
    await edit(room, sent, 'hi @bob and @eve');
    expect([await unreadOf(bob, room), await unreadOf(eve, room)]).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });
});

describe('unread mentions', () => {
  it('end with the message: deleted, expired, read, or its reader gone', async () => {
    const bob = person('bob');
    const room = await at.messages.room([ann, bob]);
    const [one, two] = [
      await at.messages.send(ann, room, '@bob 1'),
      await at.messages.send(ann, room, '@bob 2'),
    ];
    await at.messages.send(bob, room, 'I am @bob');
    await at.messages.send(ann, room, '@bob 3');
    expect(await unreadOf(bob, room)).toEqual([3, 3]);
    await remove(room, two);
    expect(await unreadOf(bob, room)).toEqual([2, 2]);
    expect((await at.messages.call(bob, 'GET', pathOf(room, two.id))).body).not.toHaveProperty('mentions');
    await read(bob, room, one.id);
    expect(await unreadOf(bob, room)).toEqual([1, 1]);
    await at.messages.leave(room, bob);
    await at.messages.send(ann, room, '@bob 4');
    expect(await unreadOf(bob, room)).toEqual([0, 0]);
    await at.messages.join(room, bob, at.advance(1_000));
    await eventually(async () => expect((await at.messages.call(bob, 'GET', pathOf(room))).status).toBe(200));
    expect(await unreadOf(bob, room)).toEqual([0, 0]);
    at.advance(1_000);
    await at.messages.send(ann, room, '@bob 5');
    expect(await unreadOf(bob, room)).toEqual([1, 1]);
  });

  it('are summed, and none counts between users with a block', async () => {
    const [bob, eve] = [person('bob'), person('eve')];
    const room = await at.messages.room([ann, bob, eve]);
    await at.messages.send(ann, room, '@bob');
    await at.messages.send(eve, room, '@bob @eve');
    expect((await at.messages.call(bob, 'GET', '/api/v1/unread')).body).toMatchObject({
      total: 2,
      mentions: 2,
    });
    at.messages.ignore(bob, eve);
    expect(await unreadOf(bob, room)).toEqual([2, 1]);
  });
});

it('members whom an earlier release stored are mentioned by their names in every form', async () => {
  const other = await createTestDatabase();
  const old = connectDatabase({ url: other.url, schema: 'messages', pool: 2 });
  try {
    const before = migrations.findIndex(({ name }) => name === '0016-mentions');
    await migrate(old, 'messages', migrations.slice(0, before));
    const room = newId();
    const member = { room_id: room, role: 'member', can_send: true, active: true, version: 1 };
    const names = ['Ann', 'ZOË'.normalize('NFD'), 'ann ❤\ufe0f', 'O’Brien', 'Ann  Lee'];
    for (const username of names) await old('members').insert({ ...member, user_id: newId(), username });
    await migrate(old, 'messages', migrations);
    const keys = ['ann', 'zoë', 'ann ❤', "o'brien", 'ann lee'];
    const found = await findNamedMembers(
      old,
      keys.map((name) => ({ roomId: room, name })),
    );
    expect(found.map(({ name }) => name).sort()).toEqual([...keys].sort());
  } finally {
    await old.destroy();
    await other.drop();
  }
});
