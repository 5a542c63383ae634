import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { onBothTargets } from '../contracts/on-both-targets.ts';
import { ChatUser, emit, type Json, type Received } from '../whole-stack/chat-user.ts';

onBothTargets('threads', (target) => {
  const register = (username: string) => ChatUser.register(target().url, username);

  test('replies arrive with their thread; positions reach the user’s devices, and nobody else', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const { id: roomId } = await ada.must('POST', '/api/v1/rooms', {
      kind: 'group',
      name: 'threads',
      members: [bob.userId],
    });
    const [first, second] = target().gateways;
    const phone = await ada.connect(first);
    const laptop = await ada.connect(second);
    const other = await bob.connect(second);
    try {
      const received: Received[] = [];
      const read: { [who: string]: Json[] } = { phone: [], laptop: [], other: [] };
      other.on('receive_message', (message) => received.push(message));
      for (const [name, socket] of Object.entries({ phone, laptop, other })) {
        socket.on('thread_read', (event) => read[name]?.push(event));
        await emit(socket, 'join_room', { roomId });
      }
      const root = await emit(phone, 'send_message', { roomId, content: 'A question' });
      const reply = await emit(other, 'send_message', {
        roomId,
        content: 'An answer',
        threadRoot: root.id,
      });
      expect(reply.threadRootSeq).toBe(root.seq);
      await emit(phone, 'send_message', {
        roomId,
        content: 'Thanks',
        threadRoot: reply.id,
        alsoInRoom: true,
      });
      const thread = { threadRootSeq: root.seq };
      await eventually(() =>
        expect(received).toMatchObject([
          { content: 'A question' },
          { content: 'An answer', replyTo: root.id, ...thread },
          { content: 'Thanks', replyTo: reply.id, ...thread, alsoInRoom: true },
        ]),
      );
      expect(received[0]).not.toHaveProperty('threadRootSeq');

      const counts = async (who: ChatUser) => {
        const rooms = async (path: string, field: string) => (await who.must('GET', path))[field] as number;
        return [
          await rooms('/api/v1/threads/unread', 'total'),
          await rooms('/api/v1/unread?threads=true', 'total'),
          await rooms('/api/v1/unread', 'total'),
        ];
      };
      expect(await counts(ada)).toEqual([1, 0, 1]);
      expect(await counts(bob)).toEqual([1, 2, 2]);
      await emit(phone, 'read_thread', { roomId, messageId: reply.id });
      for (const device of [read.phone, read.laptop])
        await eventually(() =>
          expect(device).toMatchObject([{ roomId, userId: ada.userId, ...thread, following: null }]),
        );
      // The room is unread for clients without threads, until one of them marks it read.
      expect(await counts(ada)).toEqual([0, 0, 1]);
      await emit(other, 'message_read', { roomId });
      expect(await counts(bob)).toEqual([0, 0, 0]);
      await emit(phone, 'message_read', { roomId });
      expect(await counts(ada)).toEqual([0, 0, 0]);
      expect(read.other).toEqual([]);

      const path = `/api/v1/rooms/${roomId}`;
      expect((await bob.must('GET', `${path}/threads?filter=followed`)).threads).toMatchObject([
        { rootId: root.id, replies: 2, following: true, unread: 0, root: { content: 'A question' } },
      ]);
      await bob.must('DELETE', `${path}/messages/${root.id}/thread/follow`);
      expect((await bob.must('GET', `${path}/threads?filter=followed`)).threads).toEqual([]);
      const { messages } = await bob.must('GET', `${path}/messages/${reply.id}/thread`);
      expect(messages.map(({ content }: Json) => content)).toEqual(['An answer', 'Thanks']);
    } finally {
      for (const socket of [phone, laptop, other]) socket.close();
    }
  });
});
