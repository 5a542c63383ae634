import { randomUUID } from 'node:crypto';
import { connectDatabase } from '@parley/database';
import { eventually, freshSnapshot, type Rest, SyncedClient, startProcess } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StackState } from '../../stack/start-stack.ts';
import { socketIoDevice } from '../promises/devices.ts';
import { ChatUser, emit, type Json, request } from '../whole-stack/chat-user.ts';
import { borrowStackWithServers, type StackTarget } from '../whole-stack/start-targets.ts';

/** Also the names of the schemas. */
const schemas = ['auth', 'directory', 'messages', 'notifications', 'hooks'];
let target: StackTarget;
let stack: StackState;
beforeAll(async () => {
  target = await borrowStackWithServers();
  stack = (await (await fetch(`${target.url}/__stack`)).json()) as StackState;
});
afterAll(() => target?.stop());

/** The services whose tables contain a text anywhere. */
async function servicesThatKnow(text: string): Promise<string[]> {
  const db = connectDatabase({ url: stack.postgres, schema: 'public' });
  try {
    const tables: { schemaname: string; tablename: string }[] = await db('pg_tables')
      .whereIn('schemaname', schemas)
      .select('*');
    // In the database, because other files have filled this one.
    const counts = await Promise.all(
      tables.map(async ({ schemaname, tablename }) => {
        const found = await db(tablename)
          .withSchema(schemaname)
          .whereRaw('position(? in ??::text) > 0', [text, tablename])
          .first(db.raw('1'));
        return found ? [schemaname] : [];
      }),
    );
    return [...new Set(counts.flat())].sort();
  } finally {
    await db.destroy();
  }
}

/**
 * Registers a person with data everywhere: an owned group, a room left, a direct room, a request, a
 * profile in an organization.
 */
async function settle(name: string) {
  const [leaver, friend] = [
    await ChatUser.register(target.url, name),
    await ChatUser.register(target.url, 'friend'),
  ];
  const make = (by: ChatUser, body: object) => by.must('POST', '/api/v1/rooms', body);
  const group = await make(leaver, { name: 'group', members: [friend.userId] });
  const left = await make(friend, { name: 'left', members: [leaver.userId] });
  const direct = await make(friend, { kind: 'direct', userId: leaver.userId });
  for (const { id } of [group, left, direct]) {
    for (let count = 0; count < 30; count++)
      await leaver.must('POST', `/api/v1/rooms/${id}/messages`, { content: `said ${count}` });
  }
  // Their account names them, too.
  const content = `by ${leaver.username}`;
  await leaver.must('PUT', `/api/v1/rooms/${group.id}/draft`, { content, ifSeq: 0 });
  await leaver.must('PUT', '/api/v1/me/notification-settings', { preview: false });
  await leaver.must('POST', `/api/v1/rooms/${left.id}/leave`);
  await leaver.must('PATCH', '/api/v1/users/me', {
    name: `Full ${leaver.username}`,
    description: `about ${leaver.username}`,
  });
  await leaver.must('POST', '/api/v1/friend-requests', { userId: friend.userId });
  return { leaver, friend, group, left, direct };
}

describe('a user who is erased', () => {
  test('disappears from every service and client, while rooms keep their messages', async () => {
    const { leaver, friend, group, direct } = await settle(`traceable-${randomUUID().slice(0, 8)}`);
    const device = await socketIoDevice('the leaver', target.gateways[0], leaver.token);
    const socket = await friend.connect(target.gateways[1]);
    const edits: Json[] = [];
    socket.on('message_edited', (edit) => edits.push(edit));
    await emit(socket, 'join_room', { roomId: group.id });
    const rest: Rest = {
      call: (method, path, body) => friend.call(method, path, body),
      rooms: async () => (await friend.must('GET', '/api/v1/rooms?mine=true')).rooms,
    };
    const client = new SyncedClient(rest);
    await client.load();
    await eventually(async () =>
      expect((await friend.must('GET', '/api/v1/notifications')).notifications.length).toBeGreaterThan(3),
    );

    // No webhook stores users' names.
    expect(await servicesThatKnow(leaver.username)).toEqual(schemas.filter((name) => name !== 'hooks'));
    expect((await leaver.call('DELETE', '/api/v1/auth/me', { password: leaver.password })).status).toBe(204);
    await eventually(() =>
      expect(device.received.at(-1)).toMatchObject({ event: 'error', data: { code: 'session_revoked' } }),
    );
    await eventually(async () => expect(await servicesThatKnow(leaver.username)).toEqual([]));
    await eventually(() => expect(edits.filter(({ roomId }) => roomId === group.id)).toHaveLength(30));
    expect(new Set(edits.map(({ username }) => username))).toEqual(new Set(['deleted user']));

    await client.sync({ limit: 50, roomsPerCall: 10 });
    expect(client.snapshot()).toEqual(await freshSnapshot(rest));
    const after = JSON.stringify(client.snapshot());
    expect(after).not.toContain(leaver.username);
    expect(after.match(/said \d+/g)).toHaveLength(90);
    expect(await friend.must('GET', `/api/v1/rooms/${group.id}`)).toMatchObject({
      role: 'owner',
      memberCount: 1,
    });
    expect(
      await friend.call('POST', `/api/v1/rooms/${direct.id}/messages`, { content: 'there?' }),
    ).toMatchObject({
      status: 403,
      body: { code: 'blocked' },
    });
    // The name is available again, and its new owner is another user.
    const body = {
      username: leaver.username,
      email: `${leaver.username}@example.org`,
      password: leaver.password,
    };
    const again = await request(target.url, 'POST', '/api/v1/auth/register', body);
    expect(again.status).toBe(201);
    expect(again.body.user.id).not.toBe(leaver.userId);
    friend.close();
  });

  test("is erased by the operator's command even if services die, and again", async () => {
    const { leaver, friend, group } = await settle(`unwanted-${randomUUID().slice(0, 8)}`);
    const erase = async () => {
      const command = await startProcess({
        entry: new URL('../../../services/auth/src/erase-user.ts', import.meta.url),
        args: [leaver.userId],
        env: { DATABASE_URL: stack.postgres, AMQP_URL: stack.rabbitmq },
      });
      expect(await command.ended()).toMatchObject({ code: 0 });
    };
    await erase();
    const { pids } = { pids: await target.pids() };
    for (const part of ['directory', 'messages', 'notifications'])
      for (const pid of pids[part] ?? []) process.kill(pid, 'SIGKILL');
    await eventually(async () => expect(await servicesThatKnow(leaver.username)).toEqual([]), {
      timeoutMs: 40_000,
    });
    const history = () => friend.must('GET', `/api/v1/rooms/${group.id}/messages?limit=100`);
    const before = await eventually(history);
    await erase();
    await eventually(async () => expect((await history()).messages).toEqual(before.messages));
  });
});
