import type { Change, Message } from '@parley/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, person, startNotifications, type TestRoom } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

const deletion = (made: TestRoom, { message }: { message: Message }): Change => ({
  kind: 'message.deleted',
  roomId: made.room.id,
  seq: ++made.seq,
  message: { ...message, content: '', changedSeq: made.seq, deletedAt: message.createdAt },
});
const edit = (made: TestRoom, { message }: { message: Message }, content: string): Change => ({
  kind: 'message.edited',
  roomId: made.room.id,
  seq: ++made.seq,
  message: { ...message, content, changedSeq: made.seq, editedAt: message.createdAt },
});
const shown = async (who: Person) =>
  (await service.unread(who)).notifications.map(({ content, metadata }) => [content, metadata.count]);
const cast = async () => {
  const [ann, bob] = [person('ann'), person('bob')];
  return { ann, bob, room: await service.room([ann, bob]) };
};
const three = async ({ ann, room }: Awaited<ReturnType<typeof cast>>) => [
  await service.send(room, ann, 'one'),
  await service.send(room, ann, 'two'),
  await service.send(room, ann, 'three'),
];

describe('an unread row counts the messages that still exist', () => {
  it('and shows the latest of them, until none is left and it is gone', async () => {
    const { ann, bob, room } = await cast();
    const [one, two, last] = (await three({ ann, bob, room })) as [Sent, Sent, Sent];
    await service.change([deletion(room, two)]);
    expect(await shown(bob)).toEqual([['ann: three', 2]]);
    await service.change([deletion(room, last)]);
    expect(await shown(bob)).toEqual([['ann: one', 1]]);
    await service.change([deletion(room, one)]);
    expect((await service.inbox(bob)).notifications).toEqual([]);
    expect((await service.unread(bob)).total).toBe(0);
    await service.send(room, ann, 'again');
    expect(await shown(bob)).toEqual([['ann: again', 1]]);
  });

  it('whether they are deleted apart, together, or in the batch that sends them', async () => {
    const made = await cast();
    const { ann, bob, room } = made;
    await service.change((await three(made)).map((sent) => deletion(room, sent)));
    expect((await service.inbox(bob)).notifications).toEqual([]);
    const sent = [1, 2, 3].map((number) => service.written(room, ann, `${number}`));
    await service.change([...sent, ...sent.slice(0, 2).map((one) => deletion(room, one))]);
    expect(await shown(bob)).toEqual([['ann: 3', 1]]);
    const [brief] = [service.written(room, ann, 'brief')];
    await service.change([brief as Sent, deletion(room, brief as Sent)]);
    expect(await shown(bob)).toEqual([['ann: 3', 1]]);
  });

  it('however often a deletion is repeated, and whatever was read in between', async () => {
    const made = await cast();
    const { bob, room } = made;
    const [one, two] = (await three(made)) as [Sent, Sent, Sent];
    const gone = deletion(room, two);
    for (let times = 0; times < 3; times++) await service.change([gone, gone]);
    expect(await shown(bob)).toEqual([['ann: three', 2]]);
    await service.read(room, bob, one.message.seq);
    expect(await shown(bob)).toEqual([['ann: three', 1]]);
    await service.change([deletion(room, one), gone]);
    expect(await shown(bob)).toEqual([['ann: three', 1]]);
  });

  it('without those that were read, also when the rest is deleted', async () => {
    const made = await cast();
    const { bob, room } = made;
    const [, two, last] = (await three(made)) as [Sent, Sent, Sent];
    await service.read(room, bob, two.message.seq);
    expect(await shown(bob)).toEqual([['ann: three', 1]]);
    await service.change([deletion(room, last)]);
    expect((await service.inbox(bob)).notifications).toEqual([]);
  });

  it('per user: their own and those before they marked the row read do not count', async () => {
    const { ann, bob, room } = await cast();
    const first = await service.send(room, ann, 'one');
    await service.send(room, bob, 'mine');
    const [row] = (await service.unread(bob)).notifications;
    await service.call(bob, 'POST', `/${row?.id}/read`);
    const later = await service.send(room, ann, 'two');
    await service.send(room, ann, 'three');
    await service.change([deletion(room, first), deletion(room, later)]);
    expect(await shown(bob)).toEqual([['ann: three', 1]]);
    expect(await shown(ann)).toEqual([['bob: mine', 1]]);
    expect(await service.inbox(bob)).toMatchObject({ notifications: [{ isRead: false }] });
  });
});

describe('a mention that an edit adds', () => {
  it('counts only its own message when those in between were read', async () => {
    const made = await cast();
    const { ann, bob, room } = made;
    const [one, two] = (await three(made)) as [Sent, Sent, Sent];
    const [unread] = (await service.unread(bob)).notifications;
    await service.call(bob, 'POST', `/${unread?.id}/read`);
    await service.change([edit(room, one, 'one for @bob')]);
    expect(await shown(bob)).toEqual([['ann: one for @bob', 1]]);
    await service.change([deletion(room, two)]);
    expect(await shown(bob)).toEqual([['ann: one for @bob', 1]]);
    await service.send(room, ann, 'four');
    await service.change([deletion(room, one)]);
    expect(await shown(bob)).toEqual([['ann: four', 1]]);
  });

  it('counts each message, also when one batch edits several, and some row is unread', async () => {
    const made = await cast();
    const { ann, bob, room } = made;
    const [one, two] = (await three(made)) as [Sent, Sent, Sent];
    const [unread] = (await service.unread(bob)).notifications;
    await service.call(bob, 'POST', `/${unread?.id}/read`);
    await service.change([edit(room, one, 'one @bob'), edit(room, two, 'two @bob')]);
    expect(await shown(bob)).toEqual([['ann: two @bob', 2]]);
    const [row] = (await service.unread(bob)).notifications;
    await service.call(bob, 'POST', `/${row?.id}/read`);
    const [four, five] = [await service.send(room, ann, 'four'), await service.send(room, ann, 'five')];
    await service.read(room, bob, five.message.seq);
    await service.send(room, ann, 'six');
    await service.change([edit(room, four, 'four @bob'), edit(room, five, 'five @bob')]);
    expect(await shown(bob)).toEqual([['ann: five @bob', 3]]);
  });
});

describe('a row shows the current text', () => {
  it('of an earlier message, edited before the latest was deleted', async () => {
    const made = await cast();
    const { bob, room } = made;
    const [, two, last] = (await three(made)) as [Sent, Sent, Sent];
    await service.change([edit(room, two, 'better')]);
    await service.change([deletion(room, last)]);
    expect(await shown(bob)).toEqual([['ann: better', 2]]);
  });

  it('even if an earlier edit arrives again after a later one, or an edit after the deletion', async () => {
    const { ann, bob, room } = await cast();
    const [kept, sent] = [await service.send(room, ann, 'kept'), await service.send(room, ann, 'one')];
    const [second, third] = [edit(room, sent, 'two'), edit(room, sent, 'three')];
    for (const change of [second, third, second]) await service.change([change]);
    expect(await shown(bob)).toEqual([['ann: three', 2]]);
    await service.read(room, bob, room.seq);
    await service.change([second]);
    expect((await service.inbox(bob)).notifications[0]?.content).toBe('ann: three');
    await service.change([deletion(room, sent)]);
    await service.change([third]);
    expect((await service.inbox(bob)).notifications).toEqual([]);
    expect(kept.message.content).toBe('kept');
  });
});

type Sent = Awaited<ReturnType<typeof service.send>>;
