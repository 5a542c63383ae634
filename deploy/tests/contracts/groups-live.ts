import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { GroupsCast } from './groups-cast.ts';

/** The events of `groups.md`. */
export function groupsLive({ call, connectAll, must, register }: GroupsCast): void {
  test("join with the caller's id as a bare string may be repeated; other ids are refused", async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    const [adas] = await connectAll(ada);
    for (const _ of [1, 2]) adas.emit('join', ada.id);
    await eventually(() => expect(adas.all('joined')).toHaveLength(2));
    adas.emit('join', bob.id);
    expect(await adas.receives('error')).toMatchObject({
      code: 'identity_mismatch',
      type: 'IDENTITY_MISMATCH',
    });
  });

  test('send-message to a user reaches all devices of both, without join, in one direct room', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    const [adas, bobs, bobsOther, adasOther] = await connectAll(ada, bob, bob, ada);
    adas.emit('send-message', {
      sender_id: ada.id,
      receiver_id: bob.id,
      content: 'Hello, Bob.',
      is_group: false,
    });
    const message = { sender_id: ada.id, receiver_id: bob.id, is_group: false, content: 'Hello, Bob.' };
    const sent = await adas.receives('message-sent');
    expect(sent).toMatchObject(message);
    for (const connection of [adas, bobs, bobsOther, adasOther]) {
      const received = await connection.receives('receive-message');
      expect(received).toMatchObject({ ...message, id: sent.id });
      expect(Object.keys(received)).toEqual(expect.arrayContaining(['created_at', 'seq']));
      expect(connection.all('message-sent')).toHaveLength(connection === adas ? 1 : 0);
    }
    bobs.emit('send-message', {
      sender_id: bob.id,
      receiver_id: ada.id,
      content: 'Hello, Ada.',
      is_group: false,
    });
    await adas.receives('receive-message', {
      sender_id: bob.id,
      receiver_id: ada.id,
      content: 'Hello, Ada.',
    });
    expect(await must(ada, 'GET', `/api/messages/${bob.id}`)).toMatchObject([
      { content: 'Hello, Bob.' },
      { content: 'Hello, Ada.' },
    ]);
  });

  test('join-group with a bare id; send-message with is_group reaches only the members', async () => {
    const [ada, bob, eve] = [await register('Ada'), await register('Bob'), await register('Eve')];
    const group = await must(ada, 'POST', '/group/create', { name: 'Engines', members: [bob.id] });
    const [adas, bobs, eves] = await connectAll(ada, bob, eve);
    for (const connection of [adas, bobs, eves]) connection.emit('join-group', group.id);
    for (const connection of [adas, bobs]) await connection.receives('joined-group');
    expect((await eves.receives('error')).code).toBe('room_not_found');
    bobs.emit('send-message', {
      sender_id: bob.id,
      receiver_id: group.id,
      content: 'Hello, all.',
      is_group: true,
    });
    const message = { sender_id: bob.id, receiver_id: group.id, is_group: true, content: 'Hello, all.' };
    for (const connection of [adas, bobs]) await connection.receives('receive-message', message);
    await bobs.receives('message-sent', message);
    expect(eves.all('receive-message')).toEqual([]);
  });

  test('receive-message reaches silent connections of members, also for groups made later', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    const earlier = await must(ada, 'POST', '/group/create', { name: 'Earlier', members: [bob.id] });
    const [adas, bobs, bobsOther] = await connectAll(ada, bob, bob);
    const later = await must(ada, 'POST', '/group/create', { name: 'Later', members: [bob.id] });
    for (const { id, name } of [earlier, later]) {
      await must(ada, 'POST', `/api/v1/rooms/${id}/messages`, { content: `in ${name}` });
      const message = { sender_id: ada.id, receiver_id: id, is_group: true, content: `in ${name}` };
      for (const connection of [adas, bobs, bobsOther]) await connection.receives('receive-message', message);
    }
  });

  test('a forged sender_id, a foreign group or a group just left: refused, and nothing stored', async () => {
    const [ada, bob, eve] = [await register('Ada'), await register('Bob'), await register('Eve')];
    const group = await must(ada, 'POST', '/group/create', { name: 'Engines', members: [bob.id] });
    const [bobs, eves] = await connectAll(bob, eve);
    bobs.emit('send-message', {
      sender_id: ada.id,
      receiver_id: group.id,
      content: 'forged',
      is_group: true,
    });
    await bobs.receives('error', { code: 'identity_mismatch' });
    eves.emit('send-message', {
      sender_id: eve.id,
      receiver_id: group.id,
      content: 'strange',
      is_group: true,
    });
    await eves.receives('error', { code: 'room_not_found' });
    await call(bob, 'POST', `/api/v1/rooms/${group.id}/leave`);
    bobs.emit('send-message', {
      sender_id: bob.id,
      receiver_id: group.id,
      content: 'too late',
      is_group: true,
    });
    await bobs.receives('error', { code: 'room_not_found' });
    expect((await must(ada, 'GET', `/api/v1/rooms/${group.id}/messages`)).messages).toEqual([]);
  });
}
