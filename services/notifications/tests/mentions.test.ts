import type { Change } from '@parley/contracts';
import { connectDatabase, migrate } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../migrations/index.ts';
import { type Person, person, startNotifications, type TestRoom } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

const crowd = Array.from({ length: 51 }, (_, index) => person(`somebody ${index}`));
const ann = person('ann');
type SixPeople = [Person, Person, Person, Person, Person, Person];
type Edit = Extract<Change, { kind: 'message.edited' }>;
type Sent = Awaited<ReturnType<typeof service.send>>;

/** A room in which messages notify only those whom they mention. */
const largeRoom = (...members: Person[]) => service.room([ann, ...members, ...crowd]);
const edit = (room: TestRoom, { message }: Sent, content: string, more = {}) =>
  service.change([
    {
      kind: 'message.edited',
      roomId: room.room.id,
      seq: ++room.seq,
      message: { ...message, content, editedAt: message.createdAt, changedSeq: room.seq, ...more },
    },
  ]);
const rowsOf = async (who: Person) =>
  (await service.inbox(who)).notifications.map(({ content, metadata }) => [content, metadata.count]);
/** The live notifications of a room. */
const notifiedIn = (room: TestRoom) =>
  service.notified.filter(({ metadata }) => metadata.roomId === room.room.id);

describe('in a large room', () => {
  it('a mention notifies the member with the longest name, and nobody with a shorter one', async () => {
    const members = ['john', 'john.doe', 'john-doe', 'john doe', '田中', 'Zoë'].map(person);
    const [john, dot, dash, space, tanaka, zoe] = members as SixPeople;
    const room = await largeRoom(...members);
    await service.send(room, ann, '@john.doe, @john-doe and @John  Doe!');
    expect(await rowsOf(john)).toEqual([]);
    for (const one of [dot, dash, space]) expect(await rowsOf(one)).toHaveLength(1);
    await service.send(room, ann, `こんにちは＠田中さん @john. @${'zoë'.normalize('NFD')}さん`);
    for (const one of [john, tanaka, zoe]) expect(await rowsOf(one)).toHaveLength(1);
  });

  it('every mention notifies, however many a message has', async () => {
    const room = await largeRoom();
    await service.send(room, ann, crowd.map(({ username }) => `@${username}`).join(' '));
    for (const one of crowd) expect(await rowsOf(one)).toHaveLength(1);
  });

  it('a mention that an edit adds notifies once', async () => {
    const [bob, eve] = [person('bob'), person('eve')];
    const room = await largeRoom(bob, eve);
    const sent = await service.send(room, ann, 'hello @bob');
    await edit(room, sent, 'hello @bob and @eve');
    expect(await rowsOf(bob)).toEqual([['ann: hello @bob and @eve', 1]]);
    expect(await rowsOf(eve)).toEqual([['ann: hello @bob and @eve', 1]]);
    const count = notifiedIn(room).length;
    await edit(room, sent, 'hello');
    await edit(room, sent, 'hello again @eve @bob');
    expect(await rowsOf(eve)).toEqual([['ann: hello again @eve @bob', 1]]);
    expect(notifiedIn(room)).toHaveLength(count);
    await service.send(room, ann, 'and @eve');
    expect(await rowsOf(eve)).toEqual([['ann: and @eve', 2]]);
  });

  it('a repeated event of an edit notifies nobody again', async () => {
    const bob = person('bob');
    const room = await largeRoom(bob);
    const sent = await service.send(room, ann, 'hello');
    const message = { ...sent.message, content: 'hello @bob', editedAt: sent.message.createdAt };
    const edited = { kind: 'message.edited' as const, roomId: room.room.id, seq: ++room.seq, message };
    await service.change([edited, edited]);
    await service.change([edited]);
    expect(await rowsOf(bob)).toEqual([['ann: hello @bob', 1]]);
    expect(notifiedIn(room)).toHaveLength(1);
  });

  it('an edit mentions nobody in an encrypted or erased message, nor its author', async () => {
    const bob = person('bob');
    const room = await largeRoom(bob);
    await edit(room, await service.send(room, ann, 'x', { isEncrypted: true }), '@bob');
    await edit(room, await service.send(room, ann, 'y'), '@bob', { username: 'deleted user' });
    await edit(room, await service.send(room, ann, 'z'), '@ann');
    expect([await rowsOf(bob), await rowsOf(ann)]).toEqual([[], []]);
  });
});

describe('a message that carries whom it mentions', () => {
  const mentioning = (...people: Person[]) => ({ mentions: people.map(({ userId }) => ({ userId })) });

  it('notifies them, whatever its text says, also if it is encrypted', async () => {
    const [bob, eve] = [person('bob'), person('eve')];
    const room = await largeRoom(bob, eve);
    await service.send(room, ann, 'hello @bob', mentioning(eve));
    await service.send(room, ann, 'x', { ...mentioning(eve), isEncrypted: true });
    await service.send(room, ann, '@bob', mentioning());
    expect([await rowsOf(bob), await rowsOf(eve)]).toEqual([[], [['ann: Encrypted message', 2]]]);
  });

  it('notifies nobody who is not a member', async () => {
    const bob = person('bob');
    const room = await largeRoom();
    await service.send(room, ann, 'hello', mentioning(bob));
    expect(await rowsOf(bob)).toEqual([]);
  });

  it('notifies of an edit once, and of a removed mention no longer', async () => {
    const [bob, eve] = [person('bob'), person('eve')];
    const room = await service.room([ann, bob, eve]);
    const sent = await service.send(room, ann, 'hello', mentioning(bob));
    for (const one of [bob, eve]) await service.read(room, one, room.seq);
    await edit(room, sent, 'hello', mentioning(bob, eve));
    await edit(room, sent, 'hello!', mentioning(bob, eve));
    expect((await service.unread(bob)).notifications).toEqual([]);
    const mentionsOfEve = async () =>
      (await service.unread(eve)).notifications.map(({ metadata }) => [metadata.count, metadata.mentions]);
    expect(await mentionsOfEve()).toEqual([[1, 1]]);
    await edit(room, sent, 'hello?', mentioning(bob));
    expect(await mentionsOfEve()).toEqual([[1, undefined]]);
  });

  it('notifies all members of a room of 1,000 once, apart from its author', async () => {
    const many = Array.from({ length: 999 }, (_, index) => person(`one of many ${index}`));
    const room = await service.room([ann, ...many]);
    const sent = await service.send(room, ann, 'all of you', { mentions: [], roomMention: {} });
    await edit(room, sent, 'all of you!', { roomMention: {} });
    const notified = notifiedIn(room).length;
    expect(notified).toBe(999);
    for (const one of [many[0], many[998]] as [Person, Person])
      expect((await service.unread(one)).notifications.map(({ metadata }) => metadata.mentions)).toEqual([1]);
    expect(await rowsOf(ann)).toEqual([]);
    await edit(room, sent, 'none of you', { roomMention: undefined });
    expect((await service.unread(many[0] as Person)).notifications[0]?.metadata.mentions).toBeUndefined();
  });
});

describe('in a small room', () => {
  it('a mention that an edit adds shows the message, counting it once', async () => {
    const bob = person('bob');
    const room = await service.room([ann, bob]);
    const first = await service.send(room, ann, 'first');
    await service.send(room, ann, 'second');
    await edit(room, first, 'first for @bob');
    expect(await rowsOf(bob)).toEqual([['ann: first for @bob', 2]]);
    await service.read(room, bob, room.seq);
    expect((await service.unread(bob)).notifications).toEqual([]);
  });

  it('a mention that an edit adds to a read message notifies once', async () => {
    const bob = person('bob');
    const room = await service.room([ann, bob]);
    const sent = await service.send(room, ann, 'hello');
    await service.read(room, bob, room.seq);
    await edit(room, sent, 'hello @bob');
    await edit(room, sent, 'hello, @bob');
    const { notifications } = await service.unread(bob);
    expect(notifications.map(({ content, metadata }) => [content, metadata.count])).toEqual([
      ['ann: hello, @bob', 1],
    ]);
  });

  it('a mention that the message had from the start is not notified again', async () => {
    const bob = person('bob');
    const room = await service.room([ann, bob]);
    const sent = await service.send(room, ann, 'hello @bob');
    await service.read(room, bob, room.seq);
    await edit(room, sent, 'hello there @bob');
    expect((await service.unread(bob)).notifications).toEqual([]);
  });
});

describe('the mentions of a row', () => {
  const mentionsOf = async (who: Person) =>
    (await service.unread(who)).notifications.map(({ metadata }) => [metadata.count, metadata.mentions]);

  it('are counted apart from its other messages, until they are read or deleted', async () => {
    const bob = person('bob');
    const room = await service.room([ann, bob]);
    await service.send(room, ann, 'hello');
    expect(await mentionsOf(bob)).toEqual([[1, undefined]]);
    const first = await service.send(room, ann, 'hello @bob and @bob');
    const second = await service.send(room, ann, '@bob?');
    const third = await service.send(room, ann, 'well');
    expect(await mentionsOf(bob)).toEqual([[4, 2]]);
    await edit(room, third, 'well, @bob');
    expect(await mentionsOf(bob)).toEqual([[4, 3]]);
    await service.read(room, bob, first.message.seq);
    expect(await mentionsOf(bob)).toEqual([[2, 2]]);
    const deletedAt = new Date().toISOString();
    await service.change([
      {
        kind: 'message.deleted',
        roomId: room.room.id,
        seq: ++room.seq,
        message: { ...second.message, content: '', deletedAt, changedSeq: room.seq },
      },
    ]);
    expect(await mentionsOf(bob)).toEqual([[1, 1]]);
    await service.read(room, bob, room.seq);
    await service.send(room, ann, 'hello again');
    expect(await mentionsOf(bob)).toEqual([[1, undefined]]);
  });

  it('are fewer at once when an edit removes one, and no repeated edit brings it back', async () => {
    const [bob, eve] = [person('bob'), person('eve')];
    const room = await service.room([ann, bob, eve]);
    const first = await service.send(room, ann, '@bob and @eve');
    await service.send(room, ann, 'well, @bob');
    const edits = ['only @eve', 'nobody', '@bob again'].map((content) => ({
      kind: 'message.edited' as const,
      roomId: room.room.id,
      seq: ++room.seq,
      message: { ...first.message, content, changedSeq: room.seq, editedAt: first.message.createdAt },
    })) as [Edit, Edit, Edit];
    const counts = async () => [(await mentionsOf(bob))[0]?.[1], (await mentionsOf(eve))[0]?.[1]];
    expect(await counts()).toEqual([2, 1]);
    const [one, two, three] = edits;
    await service.change([one]);
    expect(await counts()).toEqual([1, 1]);
    expect(service.live.at(-1)).toMatchObject({
      type: 'notification.updated',
      data: { userId: bob.userId, notification: { metadata: { count: 2, mentions: 1 } } },
    });
    await service.change([one, two]);
    expect(await counts()).toEqual([1, undefined]);
    const notified = notifiedIn(room).length;
    await service.change([three]);
    for (const repeated of [two, one, three]) await service.change([repeated]);
    expect(await counts()).toEqual([2, undefined]);
    expect(notifiedIn(room)).toHaveLength(notified);
  });
});

it('members whom an earlier release stored are mentioned by their names in every form', async () => {
  const database = await createTestDatabase();
  const db = connectDatabase({ url: database.url, schema: 'notifications', pool: 2 });
  try {
    const before = migrations.findIndex(({ name }) => name === '0003-mentions');
    await migrate(db, 'notifications', migrations.slice(0, before));
    const member = { room_id: newId(), active: true, version: 1 };
    for (const name of ['ann', 'zoë'.normalize('NFD'), 'ann ❤\ufe0f', 'two  spaces'])
      await db('members').insert({ ...member, user_id: newId(), mention_name: name });
    const between = migrations.findIndex(({ name }) => name === '0007-mention-names');
    await migrate(db, 'notifications', migrations.slice(0, between));
    await db('members').insert({ ...member, user_id: newId(), mention_name: 'o’brien' });
    await migrate(db, 'notifications', migrations);
    expect((await db('members').orderBy('user_id').pluck('mention_name')).sort()).toEqual(
      ['ann', 'zoë', 'ann ❤', 'two spaces', "o'brien"].sort(),
    );
  } finally {
    await db.destroy();
    await database.drop();
  }
});
