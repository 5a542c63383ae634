import { ask } from '@parley/bus';
import { type Change, calls, type Message } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, person, startNotifications, type TestRoom } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

const deletion = (made: TestRoom, message: Message): Change => ({
  kind: 'message.deleted',
  roomId: made.room.id,
  seq: ++made.seq,
  message: { ...message, content: '', changedSeq: made.seq, deletedAt: message.createdAt },
});
const edit = (made: TestRoom, message: Message, content: string): Change => ({
  kind: 'message.edited',
  roomId: made.room.id,
  seq: ++made.seq,
  message: { ...message, content, changedSeq: made.seq, editedAt: message.createdAt },
});

/** The live events of a user: type, then text and count, or the id. */
const liveOf = ({ userId }: Person) =>
  service.live
    .filter(({ data }) => data.userId === userId)
    .map((event) => {
      if (event.type === 'notification.removed') return ['removed', event.data.notificationId];
      const { content, metadata, isRead } = event.data.notification;
      return [event.type.split('.')[1], content, metadata.count, isRead];
    });
const idOf = async (who: Person) => (await service.inbox(who)).notifications[0]?.id ?? '';
const fetched = async (id: string) =>
  (await ask(service.bus, calls.getLiveNotifications, { ids: [id] })).notifications.map(
    ({ content, metadata }) => [content, metadata.messagePreview, metadata.count],
  );
const cast = async () => {
  const [ann, bob] = [person('ann'), person('bob')];
  return { ann, bob, room: await service.room([ann, bob]) };
};

describe('a live notification', () => {
  it('never carries a text that its batch deletes or replaces', async () => {
    const { ann, bob, room } = await cast();
    const [gone, kept] = [service.written(room, ann, 'SECRET'), service.written(room, ann, 'SECRET')];
    await service.change([gone, kept, deletion(room, gone.message), edit(room, kept.message, 'harmless')]);
    await eventually(() => expect(liveOf(bob)).toEqual([['created', 'ann: harmless', 1, false]]));
    expect(JSON.stringify(service.live)).not.toContain('SECRET');
  });

  it('is checked against its message when emitted: edited text is new, deleted withheld', async () => {
    const { ann, bob, room } = await cast();
    const { message } = await service.send(room, ann, 'SECRET');
    const id = await idOf(bob);
    expect(await fetched(id)).toEqual([['ann: SECRET', 'SECRET', 1]]);
    // The messages service has these changes; their events are on their way.
    service.store([edit(room, message, 'harmless')]);
    expect(await fetched(id)).toEqual([['ann: harmless', 'harmless', 1]]);
    service.store([deletion(room, message)]);
    expect(await fetched(id)).toEqual([]);
  });

  it('shows an earlier message in which an edit mentions its user, while later ones are unread', async () => {
    const { ann, bob, room } = await cast();
    const one = await service.send(room, ann, 'one');
    await service.send(room, ann, 'two');
    const id = await idOf(bob);
    await service.change([edit(room, one.message, 'one for @bob')]);
    expect(await fetched(id)).toEqual([['ann: one for @bob', 'one for @bob', 2]]);
    service.store([edit(room, one.message, 'one')]);
    expect(await fetched(id)).toEqual([['ann: one', 'one', 2]]);
    await service.send(room, ann, 'three');
    expect(await fetched(id)).toEqual([['ann: three', 'three', 3]]);
  });

  it('is withheld once its row is gone', async () => {
    const { ann, bob, room } = await cast();
    await service.send(room, ann, 'one');
    const id = await idOf(bob);
    await service.publish('member.left', { roomId: room.room.id, ...bob, version: 9, reason: 'left' });
    expect(await fetched(id)).toEqual([]);
  });
});

describe('each correction of an inbox is published to its connections', () => {
  it('edits, deletions, and the last deletion, once each', async () => {
    const { ann, bob, room } = await cast();
    const [one, two] = [await service.send(room, ann, 'one'), await service.send(room, ann, 'two')];
    const id = await idOf(bob);
    const changes = [
      edit(room, two.message, 'better'),
      deletion(room, two.message),
      deletion(room, one.message),
    ];
    for (const change of [...changes, ...changes]) await service.change([change]);
    const expected = [
      ['created', 'ann: one', 1, false],
      ['created', 'ann: two', 2, false],
      ['updated', 'ann: better', 2, false],
      ['updated', 'ann: one', 1, false],
      ['removed', id],
    ];
    await eventually(() => expect(liveOf(bob)).toEqual(expected));
    expect((await service.inbox(bob)).notifications).toEqual([]);
  });

  it('reading the room, in part or to its end', async () => {
    const { ann, bob, room } = await cast();
    const { message } = await service.send(room, ann, 'one');
    await service.send(room, ann, 'two');
    for (let times = 0; times < 2; times++) await service.read(room, bob, message.seq);
    await service.read(room, bob, room.seq);
    await eventually(() =>
      expect(liveOf(bob).slice(2)).toEqual([
        ['updated', 'ann: two', 1, false],
        ['updated', 'ann: two', 1, true],
      ]),
    );
  });

  it('reading one, reading all, and deleting over REST, once each', async () => {
    const bob = person('bob');
    for (const name of ['ann', 'eve'])
      await service.publish('friend_request.created', { id: newId(), from: person(name), to: bob });
    const [second, first] = (await service.inbox(bob)).notifications;
    for (let times = 0; times < 2; times++) {
      await service.call(bob, 'POST', `/${first?.id}/read`);
      await service.call(bob, 'POST', '/read-all');
    }
    await service.call(bob, 'DELETE', `/${second?.id}`);
    await eventually(() =>
      expect(liveOf(bob).slice(2)).toEqual([
        ['updated', 'ann would like to be your friend', undefined, true],
        ['updated', 'eve would like to be your friend', undefined, true],
        ['removed', second?.id],
      ]),
    );
  });

  it('leaving, a deleted room, answered and withdrawn requests', async () => {
    const { ann, bob, room } = await cast();
    await service.send(room, ann, 'one');
    const id = await idOf(bob);
    await service.publish('member.left', { roomId: room.room.id, ...bob, version: 9, reason: 'removed' });
    await eventually(() => expect(liveOf(bob).at(-1)).toEqual(['removed', id]));
    const asked = { id: newId(), from: ann, to: bob };
    await service.publish('friend_request.created', asked);
    const requestId = await idOf(bob);
    await service.publish('friend_request.accepted', asked);
    await eventually(() => expect(liveOf(bob).at(-1)?.[3]).toBe(true));
    await service.publish('friend_request.withdrawn', asked);
    await eventually(() => expect(liveOf(bob).at(-1)).toEqual(['removed', requestId]));
  });
});
