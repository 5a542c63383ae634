import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { createPrograms, type Program, type ProgramSettings } from './program.ts';

interface Person {
  id: string;
  username: string;
  organizationId: string;
  client: Program;
}

/**
 * The clients of `organizations.md`: over plain WebSockets and Socket.IO, with the refresh token of
 * their login.
 */
export function organizationsClients(target: () => Target): void {
  const start = createPrograms();
  const open = async (
    name: string,
    organization: string,
    role: string,
    settings: ProgramSettings,
  ): Promise<Person> => {
    const username = `${name} singh ${randomUUID().slice(0, 8)}`;
    const args = [target().url, username, `${randomUUID()}@example.org`, organization, role];
    const client = await start('organizations-client.mjs', args, settings);
    const [user] = await Promise.all([client.prints('user'), client.prints('connect')]);
    return { id: user.id, username, organizationId: user.organization_id, client };
  };
  /** A founder, and a function that opens the client of a colleague. */
  const found = async (settings: ProgramSettings = {}) => {
    const organization = `Org ${randomUUID()}`;
    const manoj = await open('manoj', organization, 'admin', settings);
    return { manoj, add: (name: string) => open(name, organization, 'user', settings) };
  };

  const connections = {
    'a plain WebSocket': {},
    'Socket.IO 4.0': { SOCKET_IO_CLIENT: 'socket.io-client-4.0' },
  };
  for (const [name, settings] of Object.entries(connections)) {
    test(`organizations, ${name}: everyone in the room receives the events of its members`, async () => {
      const { manoj, add } = await found(settings);
      const bob = await add('bob');
      const { id: roomId } = await manoj.client.act('create', 'HR');
      await manoj.client.act('join', roomId);
      await manoj.client.prints('userJoined', { userId: manoj.id });
      await bob.client.act('join', roomId);
      await manoj.client.prints('userJoined', { roomId, userId: bob.id, username: bob.username });
      await manoj.client.act('send', roomId, 'Hello, all.');
      for (const { client } of [manoj, bob]) {
        await client.prints('newMessage', {
          roomId,
          userId: manoj.id,
          username: manoj.username,
          content: 'Hello, all.',
        });
      }
      await bob.client.act('typing', roomId);
      await manoj.client.prints('typing', { roomId, userId: bob.id, username: bob.username, isTyping: true });
      await manoj.client.prints('typing', { userId: bob.id, isTyping: false });
      const [{ id: messageId }] = bob.client.all('newMessage');
      for (const count of [1, undefined]) {
        await bob.client.act('react', messageId, '❤️');
        const seen = () =>
          manoj.client.all('messageReaction').filter((one: Json) => one.counts['❤️'] === count);
        await eventually(() =>
          expect(seen()).toMatchObject([{ messageId, roomId, userId: bob.id, reaction: '❤️' }]),
        );
      }
      await bob.client.act('leave', roomId);
      await manoj.client.prints('userLeft', { roomId, userId: bob.id, username: bob.username });
      expect([...manoj.client.all('error'), ...bob.client.all('error')]).toEqual([]);
    });

    test(`organizations, ${name}: \`newChatRoom\` with a placeholder creates a room`, async () => {
      const { manoj, add } = await found(settings);
      const [bob, eve] = await Promise.all([add('bob'), add('eve')]);
      for (const placeholder of ['2', 2, null]) {
        const roomName = `room of ${JSON.stringify(placeholder)}`;
        await manoj.client.act('newRoom', roomName, placeholder, bob.id);
        const event = await bob.client.prints('newChatRoom', {
          roomName,
          organizationId: manoj.organizationId,
        });
        const [listed] = (await bob.client.act('rooms')).data;
        expect(listed).toMatchObject({
          id: event.roomId,
          name: roomName,
          organization_id: manoj.organizationId,
        });
      }
      await manoj.client.act('newRoom', 'existing', bob.client.all('newChatRoom')[0].roomId, eve.id);
      await eve.client.prints('newChatRoom', { roomId: bob.client.all('newChatRoom')[0].roomId });
      expect(manoj.client.all('error')).toEqual([]);
    });
  }

  test('organizations, task 9: `POST /api/chat` emits `newChatRoom` to the organization alone', async () => {
    const [{ manoj, add }, { manoj: stranger }] = await Promise.all([found(), found()]);
    const [bob, eve] = await Promise.all([add('bob'), add('eve')]);
    const { id: roomId } = await manoj.client.act('create', 'HR');
    for (const { client } of [bob, eve]) await client.prints('newChatRoom', { roomId, roomName: 'HR' });
    const { id: other } = await stranger.client.act('create', 'elsewhere');
    await eventually(async () =>
      expect((await stranger.client.act('rooms')).data).toMatchObject([{ id: other }]),
    );
    expect(stranger.client.all('newChatRoom').filter((one: Json) => one.roomId === roomId)).toEqual([]);
  });

  test('organizations: `GET /api/chat` by page, newest first; a refresh token works repeatedly', async () => {
    const { manoj, add } = await found();
    const bob = await add('bob');
    for (const name of ['one', 'two', 'three']) {
      await manoj.client.act('refresh');
      await manoj.client.act('create', name);
    }
    expect(manoj.client.all('disconnect')).toEqual([]);
    const page = await bob.client.act('rooms', 1, 2);
    expect(page).toMatchObject({
      total: 3,
      pages: 2,
      currentPage: 1,
      data: [{ name: 'three' }, { name: 'two' }],
    });
    expect(Object.keys(page.data[0]).sort()).toEqual([
      'createdAt',
      'id',
      'name',
      'organization_id',
      'updatedAt',
    ]);
  });
}
