import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { ConversationsCast } from './conversations-cast.ts';

/** The notifications of `conversations.md` over REST. */
export function conversationsInbox({ must, refusal, register, direct, group, say }: ConversationsCast): void {
  test('GET /notifications and /notifications/unread: newest first, with the documented names', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    await say(ada, await direct(ada, bob), 'one');
    const id = await group(ada, bob);
    await must(ada, 'POST', '/api/v1/friend-requests', { userId: bob.id });
    const unread = await eventually(async () => {
      const found = await must(bob, 'GET', '/notifications/unread');
      expect(found.map((one: Json) => one.type).sort()).toEqual([
        'friend_request',
        'group_invite',
        'message',
      ]);
      return found;
    });
    expect(await must(bob, 'GET', '/notifications')).toEqual(unread);
    const times = unread.map((one: Json) => Date.parse(one.updated_at));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const of = (type: string) => unread.find((one: Json) => one.type === type);
    expect(of('message')).toEqual({
      notification_id: expect.any(String),
      type: 'message',
      title: ada.username,
      content: 'one',
      metadata: {
        conversation_id: expect.any(String),
        sender_name: ada.username,
        message_preview: 'one',
        sender_id: ada.id,
        count: 1,
      },
      is_read: false,
      created_at: expect.any(String),
      updated_at: expect.any(String),
      deleted_at: null,
    });
    expect(of('group_invite').metadata).toEqual({
      conversation_id: id,
      group_name: 'book club',
      sender_id: ada.id,
      sender_name: ada.username,
    });
    expect(of('friend_request').metadata).toMatchObject({ sender_id: ada.id, sender_name: ada.username });
  });

  test("reading and deleting notifications (soft) affects only the caller's own", async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    await group(ada, bob);
    await group(ada, bob);
    await say(ada, await direct(ada, bob), 'one');
    const [first, second] = await eventually(async () => {
      const found = await must(bob, 'GET', '/notifications/unread');
      expect(found).toHaveLength(3);
      return found;
    });
    for (const [method, path] of [
      ['POST', `/notifications/${first.notification_id}/read`],
      ['DELETE', `/notifications/${first.notification_id}`],
    ] as const) {
      expect(await refusal(ada, method, path)).toEqual([404, 'notification_not_found']);
    }
    expect(await must(bob, 'POST', `/notifications/${first.notification_id}/read`)).toEqual({
      ...first,
      is_read: true,
    });
    expect(await must(bob, 'GET', '/notifications/unread')).toHaveLength(2);
    expect(await must(bob, 'POST', '/notifications/read-all')).toEqual({ read: 2 });
    expect(await must(bob, 'GET', '/notifications/unread')).toEqual([]);
    expect(await must(bob, 'DELETE', `/notifications/${second.notification_id}`)).toEqual({
      notification_id: second.notification_id,
    });
    expect(await must(bob, 'GET', '/notifications')).toHaveLength(2);
    expect(await refusal(bob, 'DELETE', `/notifications/${second.notification_id}`)).toEqual([
      404,
      'notification_not_found',
    ]);
  });
}
