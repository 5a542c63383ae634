import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { createCast, password } from './cast.ts';
import type { Connection } from './connections.ts';
import {
  type ContractClient,
  type ContractName,
  type ContractUser,
  contractClients,
  type Seat,
} from './contract-clients.ts';
import { onStack } from './on-both-targets.ts';

const contracts = Object.keys(contractClients) as ContractName[];
const pairs = contracts.flatMap((creator) => contracts.map((listener) => ({ creator, listener })));

/** Waits for the event, once, with its fields. */
async function expectOne(
  connection: Connection,
  [event, fields, present = []]: ReturnType<ContractClient['message']>,
): Promise<Record<string, string>> {
  const like: { asymmetricMatch(data: unknown): boolean } = expect.objectContaining(fields);
  const fitting = () => connection.all(event).filter((data) => like.asymmetricMatch(data));
  await eventually(() => {
    if (fitting().length === 0)
      throw new Error(`no ${event} ${JSON.stringify(fields)} in ${JSON.stringify(connection.received)}`);
  });
  expect(fitting()).toHaveLength(1);
  expect(Object.keys(fitting()[0])).toEqual(expect.arrayContaining([...present]));
  return fitting()[0];
}

onStack('rules 1, 4, 7', (target) => {
  const cast = createCast(target);
  /** Two connected users who see each other. */
  const meet = async (first: ContractClient, second: ContractClient): Promise<[Seat, Seat]> => {
    const founder = await first.register(cast);
    const other = await second.register(cast, founder.organizationName);
    const ada = await joinOrganization(founder, other.organizationName);
    const bob = await joinOrganization(other, founder.organizationName);
    await eventually(async () =>
      expect((await cast.call(ada, 'GET', `/api/v1/users/${bob.id}`)).status).toBe(200),
    );
    return [
      { user: ada, connection: await cast.connect(ada, 0) },
      { user: bob, connection: await cast.connect(bob, 1) },
    ];
  };
  const joinOrganization = async (
    user: ContractUser,
    name = user.organizationName,
  ): Promise<ContractUser> => {
    if (name === user.organizationName) return user;
    await cast.must(user, 'POST', '/api/v1/organizations/join', { name });
    const { refreshToken } = user;
    const { accessToken: token } = await cast.must(user, 'POST', '/api/v1/auth/refresh', { refreshToken });
    return { ...user, token };
  };

  test.each(pairs.filter(({ creator }) => 'createGroup' in contractClients[creator]))(
    'a $listener client receives the events of its document from a group created by a $creator client',
    async ({ creator, listener }) => {
      const [creates, listens]: ContractClient[] = [contractClients[creator], contractClients[listener]];
      if (!creates || !listens) return expect.fail();
      const [adas, bobs] = await meet(creates, listens);
      const [ada, bob] = [adas.user, bobs.user];
      const inbox = await cast.connect(bob, 1, listener === 'conversations' ? '/notifications' : '');
      const name = `${creator} and ${listener}`.slice(0, 30);
      const roomId = (await creates.createGroup?.(cast, adas, name, [bob])) ?? expect.fail();
      // In `rooms`, users join by themselves.
      if (listens.added && creator !== 'rooms') await expectOne(inbox, listens.added(roomId, name));
      await creates.join?.(adas, roomId);
      await listens.join?.(bobs, roomId);

      creates.sayInGroup?.(adas, roomId, 'from the creator');
      const said = { roomId, sender: ada, content: 'from the creator' };
      const { id, message_id = id ?? '' } = await expectOne(bobs.connection, listens.message(said));
      await expectOne(adas.connection, creates.message(said));

      listens.sayInGroup?.(bobs, roomId, 'from the listener');
      if (listens.sayInGroup) {
        const reply = { roomId, sender: bob, content: 'from the listener' };
        await expectOne(adas.connection, creates.message(reply));
        await expectOne(bobs.connection, listens.message(reply));
      }
      if (listens.read) {
        await listens.read(cast, bobs, roomId, message_id);
        if (creates.wasRead) await expectOne(adas.connection, creates.wasRead(roomId, message_id, bob));
      }
      expect([...adas.connection.all('error'), ...bobs.connection.all('error')]).toEqual([]);
      inbox.close();
      bobs.connection.close();
      if (creates.wentOffline) await expectOne(adas.connection, creates.wentOffline(bob));
    },
  );

  test.each(pairs.filter(({ creator }) => 'sayTo' in contractClients[creator]))(
    'a $listener client that has sent nothing receives a message to it from a $creator client',
    async ({ creator, listener }) => {
      const [creates, listens]: ContractClient[] = [contractClients[creator], contractClients[listener]];
      if (!creates || !listens) return expect.fail();
      const [adas, bobs] = await meet(creates, listens);
      const [ada, bob] = [adas.user, bobs.user];
      const opened = await creates.openDirect?.(cast, adas, bob);
      creates.sayTo?.(adas, bob, opened ?? '', 'Hello, Bob.');
      const { id: roomId } = await eventually(() =>
        cast.must(ada, 'POST', '/api/v1/rooms', { kind: 'direct', userId: bob.id }),
      );
      const said = { roomId, sender: ada, content: 'Hello, Bob.', receiver: bob };
      await expectOne(bobs.connection, listens.message(said));
      await expectOne(adas.connection, (creates.sent ?? creates.message)(said));
      if (listens.sayTo) {
        listens.sayTo(bobs, ada, roomId, 'Hello, Ada.');
        const reply = { roomId, sender: bob, content: 'Hello, Ada.', receiver: ada };
        await expectOne(adas.connection, creates.message(reply));
        await expectOne(bobs.connection, (listens.sent ?? listens.message)(reply));
      }
      expect([...adas.connection.all('error'), ...bobs.connection.all('error')]).toEqual([]);
    },
  );

  test('two sessions of one user each receive the events of their own contract', async () => {
    const { conversations, groups } = contractClients;
    const [adas, bobs] = await meet(groups, conversations);
    const { username, id } = adas.user;
    const again = await cast.ask('POST', '/auth/login', { username, password });
    const second = await cast.connect({ token: again.body.token }, 1);
    const roomId = await conversations.createGroup?.(cast, bobs, 'both', [adas.user]);
    conversations.sayInGroup?.(bobs, roomId ?? '', 'to both');
    const said = { roomId: roomId ?? '', sender: bobs.user, content: 'to both' };
    await expectOne(adas.connection, groups.message(said));
    await expectOne(second, conversations.message(said));
    expect(adas.connection.all('newMessage')).toEqual([]);
    expect(second.all('receive-message')).toEqual([]);
    second.emit('sendMessage', { conversation_id: roomId, content: 'from the second' });
    await adas.connection.receives('receive-message', { sender_id: id, content: 'from the second' });
  });
});
