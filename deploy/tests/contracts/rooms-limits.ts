import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { type Json, request } from '../whole-stack/chat-user.ts';
import { type Person, password } from './cast.ts';
import type { RoomsCast } from './rooms-cast.ts';

/** The limit of `rooms.md`: five in ten seconds per person and room. */
export function roomsLimits({ target, must, refusal, register, make, enter }: RoomsCast): void {
  test('the sixth message in 10 seconds, on any gateway, gets RATE_LIMIT and is not stored', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const other = await make(ada);
    const seats = [await enter(ada, id, 0), await enter(ada, id, 1)];
    for (const [index, content] of ['1', '2', '3', '4', '5'].entries())
      seats[index % 2]?.emit('send_message', { roomId: id, content });
    await eventually(() => expect(seats[0]?.all('receive_message')).toHaveLength(5));
    seats[1]?.emit('send_message', { roomId: id, content: '6' });
    const { retryAfterMs } = (await seats[1]?.receives('error', { type: 'RATE_LIMIT' })) ?? {};
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(10_000);
    expect(await refusal(ada, 'POST', `/rooms/${id}/messages`, { content: '7' })).toEqual([
      429,
      'rate_limit',
    ]);
    await must(bob, 'POST', `/rooms/${id}/messages`, { content: 'not my limit' });
    await must(ada, 'POST', `/rooms/${other}/messages`, { content: 'nor this room' });
    const { messages } = await must(ada, 'GET', `/rooms/${id}/messages`);
    expect(messages.map((one: Json) => one.content).sort()).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      'not my limit',
    ]);
  });

  test('edits and reactions count among the five, over REST and socket; a deletion does not', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const [adas, bobs] = [await enter(ada, id, 0), await enter(bob, id, 1)];
    adas.emit('send_message', { roomId: id, content: '1' });
    const { id: messageId } = await bobs.receives('receive_message', { content: '1' });
    const path = `/rooms/${id}/messages/${messageId}`;
    await must(ada, 'PUT', path, { content: '2' });
    await must(ada, 'POST', `${path}/reactions`, { reaction: '👍' });
    for (const on of [false, true]) {
      adas.emit('react_message', { roomId: id, messageId, reaction: '👍', on });
      await bobs.receives('message_reaction', { on });
    }
    adas.emit('edit_message', { roomId: id, messageId, content: '6' });
    await adas.receives('error', { type: 'RATE_LIMIT' });
    expect(await refusal(ada, 'POST', `${path}/reactions`, { reaction: '🎉' })).toEqual([429, 'rate_limit']);
    await must(ada, 'DELETE', path);
  });

  test('the limit applies to sessions of this contract only, over REST and socket', async () => {
    const ada = await register('ada');
    const id = await make(ada);
    const email = () => `${randomUUID()}@example.org`;
    for (const [contract, path, body] of [
      ['groups', '/auth/register', { email: email(), password, fullName: 'Gus' }],
      [
        'conversations',
        '/auth/register',
        { username: `con-${randomUUID().slice(0, 8)}`, email: email(), password },
      ],
      ['direct', '/api/auth/register', { email: email(), password }],
    ] as const) {
      const { body: registered } = await request(target().url, 'POST', path, body);
      const person: Person = {
        id: registered.user.id,
        username: registered.user.username,
        token: registered.token,
      };
      await must(person, 'POST', `/rooms/${id}/join`);
      const seat = await enter(person, id);
      for (let number = 0; number < 4; number++) {
        await must(person, 'POST', `/rooms/${id}/messages`, { content: `${contract} ${number}` });
        seat.emit('send_message', { roomId: id, content: `${contract} live ${number}` });
      }
      const sent = async () => {
        const { messages } = await must(ada, 'GET', `/rooms/${id}/messages`);
        return messages.filter((one: Json) => one.userId === person.id).length;
      };
      await eventually(async () => expect([contract, await sent()]).toEqual([contract, 8]));
    }
  });
}
