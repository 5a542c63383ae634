import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Person } from './cast.ts';
import type { ConversationsCast } from './conversations-cast.ts';

/** What `conversations.md` says of people: friendship, and who may go. */
export function conversationsPeople({ must, refusal, register, direct, group }: ConversationsCast): void {
  test('friendship: request {userId}, list, accept, unfriend; a request makes a friend_request notification', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const { id } = await must(ada, 'POST', '/api/v1/friend-requests', { userId: bob.id });
    await eventually(async () => expect(await must(bob, 'GET', '/notifications/unread')).toMatchObject([{ type: 'friend_request' }]));
    const waiting = (await must(bob, 'GET', '/api/v1/friend-requests')).requests;
    expect(waiting.map((one: Json) => one.id)).toEqual([id]);
    await must(bob, 'POST', `/api/v1/friend-requests/${id}/accept`);
    const friendsOf = async (who: Person) => (await must(who, 'GET', '/api/v1/friends')).users.map((one: Json) => one.id);
    expect([await friendsOf(ada), await friendsOf(bob)]).toEqual([[bob.id], [ada.id]]);
    await must(bob, 'DELETE', `/api/v1/friends/${ada.id}`);
    expect([await friendsOf(ada), await friendsOf(bob)]).toEqual([[], []]);
  });

  test('friendship: decline, cancel, block; nobody accepts for another', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const request = async (from: Person, to: Person): Promise<string> =>
      (await must(from, 'POST', '/api/v1/friend-requests', { userId: to.id })).id;
    const first = await request(ada, bob);
    expect(await refusal(eve, 'POST', `/api/v1/friend-requests/${first}/accept`)).toEqual([404, 'friend_request_not_found']);
    await must(bob, 'POST', `/api/v1/friend-requests/${first}/decline`);
    const second = await request(ada, bob);
    await must(ada, 'DELETE', `/api/v1/friend-requests/${second}`);
    expect(await refusal(bob, 'POST', `/api/v1/friend-requests/${second}/accept`)).toEqual([404, 'friend_request_not_found']);
    const withBob = await direct(ada, bob);
    await must(bob, 'PUT', `/api/v1/blocks/${ada.id}`);
    await eventually(async () =>
      expect(await refusal(ada, 'POST', '/messages', { content: 'hello?', conversation_id: withBob })).toEqual([403, 'blocked']),
    );
    expect(await refusal(ada, 'POST', '/conversations', { participant_ids: [bob.id] })).toEqual([403, 'blocked']);
  });

  test('who made a group may go, too: another takes over, and only the last participant has to stay', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const club = await group(ada, bob);
    const go = (who: Person) => `/conversations/${club}/participants/${who.id}/remove`;
    await must(ada, 'POST', go(ada));
    expect(await refusal(ada, 'GET', `/conversations/${club}`)).toEqual([404, 'room_not_found']);
    expect(await refusal(bob, 'POST', go(bob))).toEqual([409, 'last_member']);
    expect(await must(bob, 'POST', `/conversations/${club}/participants`, { userIds: [eve.id] })).toMatchObject({ participant_count: 2 });
  });
}
