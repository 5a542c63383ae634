import { eventually, startSlowdown } from '@parley/testkit';
import { io } from 'socket.io-client';
import { afterEach, expect, test } from 'vitest';
import { onBothTargets } from '../contracts/on-both-targets.ts';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

onBothTargets('inboxes are accurate', (target) => {
  const cast = async () => {
    const [ada, bob] = [
      await ChatUser.register(target().url, 'ada'),
      await ChatUser.register(target().url, 'bob'),
    ];
    const room = await ada.must('POST', '/api/v1/rooms', {
      kind: 'group',
      name: 'plans',
      members: [bob.userId],
    });
    const path = `/api/v1/rooms/${room.id}`;
    const say = (content: string) => ada.must('POST', `${path}/messages`, { content });
    const rows = async (): Promise<Json[]> => (await bob.must('GET', '/api/v1/notifications')).notifications;
    const unread = async () => (await rows()).filter(({ type, isRead }) => type === 'message' && !isRead);
    return { ada, bob, room, path, say, rows, unread };
  };

  /** Everything that the namespace `/notifications` of a gateway emits to a user. */
  const listen = async (user: ChatUser, gateway: number) => {
    const socket = io(`${target().gateways[gateway]}/notifications`, {
      auth: { token: user.token },
      transports: ['websocket'],
      forceNew: true,
    });
    closers.push(() => socket.disconnect());
    const received: { event: string; data: Json; at: number }[] = [];
    socket.onAny((event, data) => received.push({ event, data, at: performance.now() }));
    await eventually(() => expect(received[0]?.event).toBe('notifications:connected'));
    return received;
  };

  test('once a departure is acknowledged, the inbox shows nothing of the room, then or later', async () => {
    const { ada, bob, path, say, rows, unread } = await cast();
    const message = await say('one');
    await eventually(async () => expect(await unread()).toHaveLength(1));
    await bob.must('POST', `${path}/leave`);
    expect(await rows()).toEqual([]);
    await ada.must('PUT', `${path}/messages/${message.id}`, { content: 'SECRET' });
    await ada.must('PATCH', path, { name: 'SECRET' });
    await say('SECRET');
    const other = await ada.must('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.userId });
    await ada.must('POST', `/api/v1/rooms/${other.id}/messages`, { content: 'later' });
    await eventually(async () => expect(await unread()).toMatchObject([{ content: 'later' }]));
    expect(JSON.stringify(await rows())).not.toContain('SECRET');
  });

  test('the rows of a deleted room are withdrawn, and its counters follow deletions', async () => {
    const { ada, bob, path, say, rows, unread } = await cast();
    const sent = [await say('one'), await say('two'), await say('three')];
    await eventually(async () => expect(await unread()).toMatchObject([{ metadata: { count: 3 } }]));
    for (const [index, { id }] of sent.entries()) {
      await ada.must('DELETE', `${path}/messages/${id}`);
      const left = sent.length - index - 1;
      await eventually(async () =>
        expect((await unread()).map(({ metadata }) => metadata.count)).toEqual(left === 0 ? [] : [left]),
      );
      expect((await bob.must('GET', '/api/v1/unread')).total).toBe(left);
    }
    await say('four');
    await eventually(async () => expect(await unread()).toHaveLength(1));
    await ada.must('DELETE', path);
    expect(await rows()).toEqual([]);
  });

  test('a message deleted at any moment after it was sent is not shown live after its deletion', async () => {
    const { ada, bob, path, say, rows } = await cast();
    const received = await listen(bob, 1);
    const deletedAt = new Map<string, number>();
    const slowdown = startSlowdown();
    for (let index = 0; index < 12; index++) {
      const text = `SECRET ${index}.`;
      const { id } = await say(text);
      const until = performance.now() + index * 30;
      await eventually(() => expect(performance.now()).toBeGreaterThanOrEqual(until));
      await ada.must('DELETE', `${path}/messages/${id}`);
      deletedAt.set(text, performance.now());
    }
    await say('done');
    await eventually(() => expect(received.at(-1)?.data.content).toContain('done'));
    // A frame sent out before the deletion may be read just after its answer: later on a busy
    // machine, which slows every process on its way.
    const toleranceMs = 25 * slowdown();
    for (const { data, at } of received)
      for (const [text, time] of deletedAt)
        if (JSON.stringify(data).includes(text)) expect(at).toBeLessThan(time + toleranceMs);
    await eventually(async () =>
      expect((await rows()).filter(({ type }) => type === 'message')).toMatchObject([
        { metadata: { count: 1, messagePreview: 'done' } },
      ]),
    );
  });

  test('edits, deletions and reading elsewhere reach /notifications on every gateway', async () => {
    const { ada, bob, path, say, unread } = await cast();
    const both = [await listen(bob, 0), await listen(bob, 1)];
    const last = async (event: string, data: Json) => {
      for (const received of both)
        await eventually(() => expect(received.at(-1)).toMatchObject({ event, data }));
    };
    const [one, two] = [await say('one'), await say('two')];
    await eventually(async () => expect(await unread()).toMatchObject([{ metadata: { count: 2 } }]));
    await last('notification', { metadata: { message_preview: 'two', count: 2 } });
    await ada.must('PUT', `${path}/messages/${two.id}`, { content: 'better' });
    await last('notification_updated', { metadata: { message_preview: 'better' } });
    await ada.must('DELETE', `${path}/messages/${two.id}`);
    await last('notification_updated', { metadata: { message_preview: 'one', count: 1 } });
    await ada.must('DELETE', `${path}/messages/${one.id}`);
    await last('notification_removed', { notification_id: expect.any(String) });
    await say('three');
    await last('notification', { metadata: { message_preview: 'three' } });
    await bob.must('POST', `${path}/messages/read`, {});
    await last('notification_updated', { is_read: true });
    await ada.must('PATCH', path, { name: 'better plans' });
    await last('notification_updated', { title: 'better plans' });
  });
});
