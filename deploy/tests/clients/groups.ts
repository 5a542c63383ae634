import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { createPrograms, type Program, type ProgramSettings } from './program.ts';

interface Person {
  id: string;
  email: string;
  client: Program;
}

/** The clients of `groups.md`: over a plain WebSocket, as in its test plan, and over Socket.IO. */
export function groupsClients(target: () => Target): void {
  const start = createPrograms();
  const open = async (
    entry: 'register' | 'login',
    email: string,
    settings: ProgramSettings,
  ): Promise<Person> => {
    const args = [target().url, entry, email, 'Ada Lovelace'];
    const client = await start('groups-client.mjs', args, settings);
    const [user] = await Promise.all([client.prints('user'), client.prints('connect')]);
    return { id: user.id, email, client };
  };
  const register = (settings: ProgramSettings = {}) =>
    open('register', `${randomUUID()}@example.org`, settings);

  const connections = {
    'a plain WebSocket': {},
    'Socket.IO 3.1': { SOCKET_IO_CLIENT: 'socket.io-client-3.1' },
  };
  for (const [name, settings] of Object.entries(connections)) {
    test(`groups, ${name}: \`receive-message\` reaches receiver, members and sender`, async () => {
      const [ada, bob, eve] = await Promise.all([register(settings), register(settings), register(settings)]);
      const phone = await open('login', bob.email, settings);
      // Neither Bob's phone nor Eve emits anything in this test.
      await ada.client.act('join');
      await ada.client.prints('joined');
      await ada.client.act('send', bob.id, 'Hello, Bob.', false);
      const direct = { sender_id: ada.id, receiver_id: bob.id, is_group: false, content: 'Hello, Bob.' };
      for (const { client } of [ada, bob, phone]) await client.prints('receive-message', direct);
      const sent = await ada.client.prints('message-sent', direct);
      expect(Object.keys(sent)).toEqual(expect.arrayContaining(['id', 'created_at', 'seq']));
      await bob.client.act('send', ada.id, 'Hello, Ada.', false);
      await ada.client.prints('receive-message', {
        sender_id: bob.id,
        receiver_id: ada.id,
        content: 'Hello, Ada.',
      });
      await phone.client.prints('receive-message', {
        sender_id: bob.id,
        receiver_id: ada.id,
        content: 'Hello, Ada.',
      });

      const group = await ada.client.act('createGroup', 'Engines', bob.id, eve.id);
      await bob.client.act('joinGroup', group.id);
      await bob.client.prints('joined-group');
      await bob.client.act('send', group.id, 'Hello, all.', true);
      const message = { sender_id: bob.id, receiver_id: group.id, is_group: true, content: 'Hello, all.' };
      for (const { client } of [ada, bob, phone, eve]) await client.prints('receive-message', message);
      for (const { client } of [ada, bob, phone, eve]) {
        const ids = client.all('receive-message').map(({ id }: Json) => id);
        expect(ids).toEqual([...new Set(ids)]);
        expect(client.all('error')).toEqual([]);
      }
      expect(eve.client.all('receive-message')).toHaveLength(1);
    });
  }

  test('groups: the calls of its test plan work in order; session.access_token lasts for days', async () => {
    const [ada, bob, eve] = await Promise.all([register(), register(), register()]);
    const { client } = await open('login', ada.email, {});
    const [claims] = client.all('claims');
    expect(claims).toMatchObject({ id: ada.id, username: expect.any(String) });
    expect(claims.exp - claims.iat).toBe(7 * 24 * 3_600);
    const profile = {
      ...{ name: 'Ada', description: 'Writes programs', resume_link: 'adarsh.com/resume', role: 'Developer' },
      ...{
        profile_picture: '/uploads/ada.png',
        theme_mode: 'dark',
        theme_color: '#663399',
        background_image: 'data:image/png;base64,AAAA',
      },
    };
    expect(await client.act('profile', profile)).toMatchObject({ id: ada.id, ...profile });
    await client.act('addContact', bob.id);
    await client.act('updatePassword', 'battery staple');
    expect(await client.act('user', bob.id)).toMatchObject({ id: bob.id, name: 'Ada Lovelace' });
    const group = await client.act('createGroup', 'Engines', bob.id);
    await client.act('addMembers', group.id, eve.id);
    expect(await client.act('dashboard')).toMatchObject({
      user: { id: ada.id, ...profile },
      contacts: [{ id: bob.id }],
      groups: [{ id: group.id, name: 'Engines', created_by: ada.id, member_count: 3 }],
    });
    for (const one of [bob, eve]) {
      expect((await one.client.act('dashboard')).groups.map(({ id }: Json) => id)).toEqual([group.id]);
    }
    await ada.client.prints('disconnect');
    await eventually(() => expect(client.all('disconnect')).toEqual([]));
  });
}
