import { pause } from '@parley/runtime/async';
import { eventually, freshSnapshot, type Rest, SyncedClient } from '@parley/testkit';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatUser, emit, type Json, membersHaveJoined, wholeHistory } from '../whole-stack/chat-user.ts';
import { borrowStackTarget, type StackTarget } from '../whole-stack/start-targets.ts';

let target: StackTarget;
const people: ChatUser[] = [];
const register = async (name: string) => {
  const user = await ChatUser.register(target.url, name);
  people.push(user);
  return user;
};
beforeAll(async () => {
  target = await borrowStackTarget();
});
afterAll(async () => {
  for (const one of people) one.close();
  await target.stop();
});

const restOf = (user: ChatUser): Rest => ({
  call: (method, path, body) => user.call(method, path, body),
  rooms: async () => (await user.must('GET', '/api/v1/rooms?mine=true&limit=100')).rooms,
});

test('promise 4: a snapshot of any age plus the pages of sync equals a fresh snapshot', async () => {
  const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
  const members = [bob.userId, eve.userId];
  const [kept, left, again, deleted] = await Promise.all(
    ['kept', 'left', 'left and back', 'deleted'].map((name) =>
      ada.must('POST', '/api/v1/rooms', { name, members }),
    ),
  );
  const path = (room: Json) => `/api/v1/rooms/${room.id}/messages`;
  const old: Json[] = [];
  for (const room of [kept, left, again, deleted]) {
    for (const who of [ada, bob])
      old.push(await who.must('POST', path(room), { content: `${who.username} in ${room.name}` }));
    await bob.must('POST', `${path(room)}/read`, {});
  }
  const rest = restOf(eve);
  const client = new SyncedClient(rest);
  await eventually(async () => {
    await client.load();
    expect(client.cursors).toHaveLength(4);
  });
  const before = client.snapshot();
  expect(before).toEqual(await freshSnapshot(rest));

  const sent = await Promise.all(
    Array.from({ length: 120 }, (_, index) =>
      [ada, bob][index % 2]?.must('POST', path(index % 3 ? kept : again), { content: `${index}` }),
    ),
  );
  for (const [index, { id, roomId, userId }] of [...old, ...sent]
    .filter((one) => one.roomId !== left.id)
    .entries()) {
    const [author, other] = userId === ada.userId ? [ada, bob] : [bob, ada];
    const message = `/api/v1/rooms/${roomId}/messages/${id}`;
    if (index % 5 === 0) await author.must('PUT', message, { content: `edited ${index}` });
    if (index % 7 === 0) await other.must('POST', `${message}/reactions`, { reaction: '👍' });
    if (index % 21 === 0) await other.must('POST', `${message}/reactions`, { reaction: '👍' });
    if (index % 11 === 0) await author.must('DELETE', message);
  }
  await bob.must('POST', `${path(kept)}/read`, {});
  await ada.must('POST', `${path(kept)}/read`, { messageId: old[0].id });
  // Leaves and joins of themselves and others, permanent departures, a new name, new rooms.
  await ada.must('DELETE', `/api/v1/rooms/${again.id}/members/${eve.userId}`);
  await ada.must('DELETE', `/api/v1/rooms/${again.id}/members/${bob.userId}`);
  await ada.must('POST', path(again), { content: 'while you were out' });
  await ada.must('POST', `/api/v1/rooms/${again.id}/members`, { userIds: [eve.userId, bob.userId] });
  await eve.must('POST', `/api/v1/rooms/${left.id}/leave`);
  await ada.must('DELETE', `/api/v1/rooms/${deleted.id}`);
  await ada.must('PATCH', `/api/v1/rooms/${kept.id}`, { name: 'kept, renamed' });
  const fresh = await ada.must('POST', '/api/v1/rooms', { name: 'new', members });
  await bob.must('POST', path(fresh), { content: 'welcome' });
  const direct = await bob.must('POST', '/api/v1/rooms', { kind: 'direct', userId: eve.userId });
  await bob.must('POST', path(direct), { content: 'psst' });

  // Changes in the directory reach the messages service a moment later.
  await eventually(async () => {
    await client.sync({ limit: 40, roomsPerCall: 2 });
    expect(client.snapshot()).toEqual(await freshSnapshot(rest));
  });
  const rooms = Object.keys(client.snapshot().rooms);
  expect(new Set(rooms)).toEqual(new Set([kept.id, again.id, fresh.id, direct.id]));
  expect(client.snapshot()).not.toEqual(before);
});

/**
 * A socket's view of rooms that only grow: the content of each number, from `resume` and live
 * events.
 */
class Listener {
  readonly received = new Map<string, Map<number, string>>();
  readonly faults: string[] = [];
  readonly #cursors = new Map<string, number>();
  #early: Json[] = [];
  #resumed = false;

  constructor(roomIds: readonly string[]) {
    for (const roomId of roomIds) this.#cursors.set(roomId, 0);
  }

  /**
   * Connects to that gateway, resumes from its state, and receives live events until it
   * disconnects.
   */
  async listen(user: ChatUser, gateway: string): Promise<Socket> {
    const socket = await user.connect(gateway);
    this.#resumed = false;
    this.#early = [];
    socket.on('receive_message', (message) =>
      this.#resumed ? this.#live(message) : this.#early.push(message),
    );
    for (let more = [...this.#cursors]; more.length > 0; ) {
      const answer = await emit(socket, 'resume', {
        rooms: more.map(([roomId, seq]) => ({ roomId, seq })),
        limit: 50,
      });
      for (const { roomId, seq, changes } of answer.rooms) {
        for (const change of changes)
          if (change.kind === 'message') this.#take(roomId, change.seq, change.message.content);
        this.#cursors.set(roomId, seq);
      }
      more = answer.rooms.flatMap(({ roomId, seq, hasMore }: Json) => (hasMore ? [[roomId, seq]] : []));
    }
    this.#resumed = true;
    for (const message of this.#early) this.#live(message);
    return socket;
  }

  #live({ roomId, seq, content }: Json): void {
    const cursor = this.#cursors.get(roomId) ?? 0;
    // It was in the answer already.
    if (seq <= cursor) return;
    if (seq !== cursor + 1) this.faults.push(`${roomId}: ${seq} after ${cursor}`);
    this.#take(roomId, seq, content);
    this.#cursors.set(roomId, seq);
  }

  #take(roomId: string, seq: number, content: string): void {
    const room = this.received.get(roomId) ?? new Map<number, string>();
    this.received.set(roomId, room);
    if (room.has(seq)) this.faults.push(`${roomId}: ${seq} twice`);
    room.set(seq, content);
  }
}

test('promise 4: a socket that resumes on alternating gateways has every message once', async () => {
  const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
  const members = [bob.userId, eve.userId];
  const rooms: string[] = [];
  for (const name of ['one', 'two', 'three'])
    rooms.push((await ada.must('POST', '/api/v1/rooms', { name, members })).id);
  rooms.push((await bob.must('POST', '/api/v1/rooms', { kind: 'direct', userId: eve.userId })).id);
  for (const [index, roomId] of rooms.entries()) await membersHaveJoined(eve, roomId, index < 3 ? 3 : 2);
  let writing = true;
  const write = async (user: ChatUser, gateway: string, mine: readonly string[]) => {
    const socket = await user.connect(gateway);
    for (let count = 0; writing; count++) {
      await Promise.all(
        mine.map((roomId) =>
          emit(socket, 'send_message', {
            roomId,
            content: `${user.username} ${count}`,
            clientId: `${count}`,
          }),
        ),
      );
      // A round needs only twenty messages.
      await pause(10);
    }
  };
  const writers = [write(ada, target.gateways[0], rooms.slice(0, 3)), write(bob, target.gateways[1], rooms)];
  const listener = new Listener(rooms);
  for (let round = 0; round < 12; round++) {
    const socket = await listener.listen(eve, target.gateways[round % 2 ? 1 : 0] ?? '');
    const received = () => [...listener.received.values()].reduce((sum, room) => sum + room.size, 0);
    const before = received();
    await eventually(() => expect(received()).toBeGreaterThan(before + 20));
    socket.disconnect();
  }
  await listener.listen(eve, target.gateways[0]);
  writing = false;
  await Promise.all(writers);
  for (const roomId of rooms) {
    const history = (await wholeHistory(eve, roomId)).map(({ seq, content }) => [seq, content]);
    await eventually(() => expect([...(listener.received.get(roomId) ?? [])]).toEqual(history));
    expect(history.length).toBeGreaterThan(50);
  }
  expect(listener.faults).toEqual([]);
});
