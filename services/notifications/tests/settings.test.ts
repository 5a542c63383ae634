import type { NotificationSettings, RoomSettings } from '@parley/contracts';
import { defaultNotificationSettings, defaultRoomSettings } from '@parley/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, person, startNotifications, type TestRoom } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
  await service.bus.consume('account', 'gateway', async () => undefined);
});
afterAll(() => service.stop());

let seq = 0;
const set = ({ userId }: Person, { room }: TestRoom, settings: Partial<RoomSettings> | null) =>
  service.publish('account.changed', {
    userId,
    change: {
      ...{ seq: ++seq, kind: 'room_settings', roomId: room.id },
      settings: settings && { ...defaultRoomSettings, ...settings },
    },
  });
const setOwn = ({ userId }: Person, settings: Partial<NotificationSettings>) =>
  service.publish('account.changed', {
    userId,
    change: {
      ...{ seq: ++seq, kind: 'notification_settings' },
      settings: { ...defaultNotificationSettings, ...settings },
    },
  });
const contents = async (who: Person) =>
  (await service.inbox(who)).notifications.map(({ content }) => content);
const forever = '9999-12-31T23:59:59.999Z';

describe('inboxes follow the settings of rooms and users', () => {
  test('the level of a room, or else of the user, decides of which messages a user is notified', async () => {
    const [ann, all, mentions, none, own] = ['ann', 'all', 'mentions', 'none', 'own'].map(person);
    if (!ann || !all || !mentions || !none || !own) throw new Error('nobody');
    const room = await service.room([ann, all, mentions, none, own]);
    await set(mentions, room, { level: 'mentions' });
    await set(none, room, { level: 'none' });
    await setOwn(own, { level: 'mentions' });
    await service.send(room, ann, 'plain');
    expect(await Promise.all([all, mentions, none, own].map(contents))).toEqual([['ann: plain'], [], [], []]);
    await service.send(room, ann, '@mentions @none @own');
    const text = 'ann: @mentions @none @own';
    expect(await Promise.all([all, mentions, none, own].map(contents))).toEqual([
      ...[[text], [text], [], [text]],
    ]);
  });

  test('a muted room notifies nobody, in the inbox or live, not even of a direct mention', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob]);
    await set(bob, room, { level: 'all', mutedUntil: forever });
    await service.send(room, ann, 'hello @bob');
    expect(await contents(bob)).toEqual([]);
    expect(service.notified.filter(({ metadata }) => metadata.roomId === room.room.id)).toEqual([]);
    await set(bob, room, { mutedUntil: null });
    await service.send(room, ann, 'again @bob');
    expect(await contents(bob)).toEqual(['ann: again @bob']);
  });

  test('without mentions of the room, only those by name notify', async () => {
    const ann = person('ann');
    const crowd = Array.from({ length: 51 }, (_, index) => person(`somebody ${index}`));
    for (const others of [[], crowd]) {
      const bob = person('bob');
      const room = await service.room([ann, bob, ...others]);
      await set(bob, room, { level: 'mentions', roomMentions: false });
      await service.send(room, ann, '@room', { mentions: [], roomMention: {} });
      expect(await contents(bob)).toEqual([]);
      const byName = [{ userId: bob.userId }];
      await service.send(room, ann, '@bob @room', { mentions: byName, roomMention: {} });
      expect(await contents(bob)).toEqual(['ann: @bob @room']);
    }
  });

  test('an edit that adds a mention follows them, too', async () => {
    const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')];
    const room = await service.room([ann, bob, eve]);
    for (const one of [bob, eve]) await set(one, room, { level: 'mentions' });
    const sent = await service.send(room, ann, 'hello');
    await set(eve, room, { level: 'none' });
    await service.change([
      {
        ...{ kind: 'message.edited', roomId: room.room.id, seq: ++room.seq },
        message: { ...sent.message, content: '@bob @eve', changedSeq: room.seq },
      },
    ]);
    expect(await Promise.all([bob, eve].map(contents))).toEqual([['ann: @bob @eve'], []]);
  });

  test('in a large room, those who choose `all` for it are notified of every message', async () => {
    const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')];
    const crowd = Array.from({ length: 51 }, (_, index) => person(`somebody ${index}`));
    const room = await service.room([ann, bob, eve, ...crowd]);
    await set(bob, room, { level: 'all' });
    await setOwn(eve, { level: 'all' });
    await service.send(room, ann, 'plain');
    expect(await Promise.all([bob, eve].map(contents))).toEqual([['ann: plain'], []]);
  });

  test('an older change never replaces a newer one, and removed settings apply no longer', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob]);
    const older = seq + 1;
    seq += 1;
    await set(bob, room, { level: 'all' });
    seq = older - 1;
    await set(bob, room, { level: 'none' });
    seq = older + 1;
    await service.send(room, ann, 'one');
    expect(await contents(bob)).toEqual(['ann: one']);
    await set(bob, room, { mutedUntil: forever });
    await set(bob, room, null);
    await service.send(room, ann, 'two');
    expect(await contents(bob)).toEqual(['ann: two']);
  });
});

test('without previews, entries and live notifications name the sender and not the text', async () => {
  const [ann, bob] = [person('ann'), person('bob')];
  const room = await service.room([ann, bob]);
  await setOwn(bob, { preview: false });
  await service.send(room, ann, 'a secret');
  expect(await contents(bob)).toEqual(['ann: New message']);
  expect(service.notified.at(-1)).toMatchObject({ content: 'ann: New message', metadata: { count: 1 } });
  expect(service.notified.at(-1)).not.toHaveProperty('metadata.messagePreview');
  await setOwn(bob, { preview: true });
  expect(await contents(bob)).toEqual(['ann: a secret']);
});

test('within the quiet hours of a user, notifications are quiet', async () => {
  const [ann, bob] = [person('ann'), person('bob')];
  const room = await service.room([ann, bob]);
  const hours = (offset: number) => new Date(Date.now() + offset * 3_600_000).toISOString().slice(11, 16);
  await setOwn(bob, { quietHours: { tz: 'UTC', from: hours(-2), to: hours(2) } });
  await service.send(room, ann, 'hello');
  expect(service.notified.at(-1)).toMatchObject({ quiet: true });
  await setOwn(bob, { quietHours: { tz: 'UTC', from: hours(2), to: hours(4) } });
  await service.send(room, ann, 'again');
  expect(service.notified.at(-1)?.quiet).toBeUndefined();
});

test('the erasure of a user deletes the settings', async () => {
  const [ann, bob] = [person('ann'), person('bob')];
  const room = await service.room([ann, bob]);
  await set(bob, room, { level: 'none' });
  await setOwn(bob, { preview: false });
  await service.publish('account.erased', { userId: bob.userId });
  await service.send(room, ann, 'hello');
  expect(await contents(bob)).toEqual(['ann: hello']);
});
