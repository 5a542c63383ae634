import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { nobody, type Person } from './cast.ts';
import type { ConversationsCast } from './conversations-cast.ts';

/** The REST table of `conversations.md`, row by row: messages. */
export function conversationsMessages({
  must,
  refusal,
  register,
  direct,
  group,
  say,
  watch,
}: ConversationsCast): void {
  test('POST /messages: for participants; triggers the real-time event newMessage', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const id = await group(ada, bob);
    const seat = await watch(bob, id, 1);
    const sent = await say(ada, id, 'hello');
    expect(sent).toMatchObject({
      conversation_id: id,
      sender_id: ada.id,
      content: 'hello',
      status: 'sent',
      is_edited: false,
      created_at: expect.any(String),
      updated_at: sent.created_at,
      deleted_at: null,
    });
    const { message_id } = sent;
    expect(await seat.receives('newMessage', { message_id })).toMatchObject(sent);
    expect(await refusal(eve, 'POST', '/messages', { content: 'me too', conversation_id: id })).toEqual([
      404,
      'room_not_found',
    ]);
    for (const blank of ['', '   ', undefined, 'x'.repeat(10_001), 'a\u0000b']) {
      expect(await refusal(ada, 'POST', '/messages', { content: blank, conversation_id: id })).toEqual([
        400,
        'validation_failed',
      ]);
    }
  });

  test('GET /messages/conversation/:conversationId: chronological, without deleted ones', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const id = await direct(ada, bob);
    const sent = [await say(ada, id, 'one'), await say(bob, id, 'two'), await say(ada, id, 'three')];
    await must(bob, 'DELETE', `/messages/${sent[1].message_id}`);
    const listed = await must(bob, 'GET', `/messages/conversation/${id}`);
    expect(listed.map((one: Json) => one.content)).toEqual(['one', 'three']);
    expect(
      (await must(bob, 'GET', `/messages/conversation/${id}?limit=1`)).map((one: Json) => one.content),
    ).toEqual(['three']);
    expect(await refusal(eve, 'GET', `/messages/conversation/${id}`)).toEqual([404, 'room_not_found']);
  });

  test('PUT /messages/:id {content}: for the sender; marks it edited', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const { message_id } = await say(ada, await direct(ada, bob), 'helo');
    const edited = await must(ada, 'PUT', `/messages/${message_id}`, { content: 'hello' });
    expect(edited).toMatchObject({ message_id, content: 'hello', is_edited: true });
    expect(Date.parse(edited.updated_at)).toBeGreaterThanOrEqual(Date.parse(edited.created_at));
    expect(await refusal(bob, 'PUT', `/messages/${message_id}`, { content: 'mine' })).toEqual([
      403,
      'not_authorized',
    ]);
    expect(await refusal(eve, 'PUT', `/messages/${message_id}`, { content: 'mine' })).toEqual([
      404,
      'message_not_found',
    ]);
    expect(await refusal(ada, 'PUT', `/messages/${nobody}`, { content: 'mine' })).toEqual([
      404,
      'message_not_found',
    ]);
  });

  test('PUT /messages/:id/status: for participants; sends messageStatus; never goes back', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const id = await direct(ada, bob);
    const { message_id } = await say(ada, id, 'hello');
    const seat = await watch(ada, id);
    const put = async (status: string) =>
      (await must(bob, 'PUT', `/messages/${message_id}/status`, { status })).status;
    expect(await put('delivered')).toBe('delivered');
    await seat.receives('messageStatus', { messageId: message_id, userId: bob.id, status: 'delivered' });
    expect(await put('read')).toBe('read');
    await seat.receives('messageStatus', { messageId: message_id, userId: bob.id, status: 'read' });
    expect(await put('delivered')).toBe('read');
    expect((await must(ada, 'GET', `/messages/conversation/${id}`))[0].status).toBe('read');
    expect(await refusal(eve, 'PUT', `/messages/${message_id}/status`, { status: 'read' })).toEqual([
      404,
      'message_not_found',
    ]);
    expect(await refusal(bob, 'PUT', `/messages/${message_id}/status`, { status: 'sent' })).toEqual([
      400,
      'validation_failed',
    ]);
  });

  test('a group message has the least advanced status among its recipients', async () => {
    const [ada, bob, eve, dan] = [
      await register('ada'),
      await register('bob'),
      await register('eve'),
      await register('dan'),
    ];
    const id = await group(ada, bob, eve);
    const { message_id } = await say(ada, id, 'hello');
    const put = async (who: Person, status: string) =>
      (await must(who, 'PUT', `/messages/${message_id}/status`, { status })).status;
    expect(await put(bob, 'read')).toBe('sent');
    expect(await put(ada, 'read')).toBe('sent');
    expect(await put(eve, 'delivered')).toBe('delivered');
    expect(await put(eve, 'read')).toBe('read');
    // A recipient who joins later does not set it back.
    await must(ada, 'POST', `/conversations/${id}/participants`, { userIds: [dan.id] });
    await eventually(async () =>
      expect((await must(dan, 'GET', `/messages/conversation/${id}`))[0].status).toBe('read'),
    );
  });

  test('DELETE /messages/:id: for the sender; soft delete', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const { message_id } = await say(ada, await group(bob, ada), 'oops');
    expect(await refusal(bob, 'DELETE', `/messages/${message_id}`)).toEqual([403, 'not_authorized']);
    expect(await refusal(eve, 'DELETE', `/messages/${message_id}`)).toEqual([404, 'message_not_found']);
    expect(await must(ada, 'DELETE', `/messages/${message_id}`)).toMatchObject({
      message_id,
      content: '',
      deleted_at: expect.any(String),
    });
  });
}
