import type { SeededRandom } from '@parley/testkit';
import type { Dialect } from './dialects.ts';
import type { HookReceiver } from './hook-receiver.ts';
import { Person } from './person.ts';
import { HookPlayer } from './players/hook-player.ts';
import { LivePlayer } from './players/live-player.ts';
import type { Player } from './players/player.ts';
import { RestPlayer } from './players/rest-player.ts';
import { SdkPlayer } from './players/sdk-player.ts';
import { openPolling, openSocketIo, openUpgrading } from './wires/socket-io.ts';
import { openWebSocket } from './wires/web-socket.ts';

export interface Cast {
  players: readonly Player[];
  rooms: readonly string[];
}

const live: { kind: string; dialect: Dialect; openWire: typeof openSocketIo; sends: boolean }[] = [
  { kind: 'Socket.IO, snake_case', dialect: 'snake_case', openWire: openSocketIo, sends: true },
  { kind: 'Socket.IO, camelCase', dialect: 'camelCase', openWire: openSocketIo, sends: true },
  { kind: 'Socket.IO, kebab-case', dialect: 'kebab-case', openWire: openSocketIo, sends: true },
  { kind: 'Socket.IO, polling', dialect: 'snake_case', openWire: openPolling, sends: true },
  { kind: 'Socket.IO, default options', dialect: 'snake_case', openWire: openUpgrading, sends: true },
  { kind: 'plain WebSocket', dialect: 'camelCase', openWire: openWebSocket, sends: true },
  { kind: 'Socket.IO, listens only', dialect: 'snake_case', openWire: openSocketIo, sends: false },
  { kind: 'plain WebSocket, listens only', dialect: 'snake_case', openWire: openWebSocket, sends: false },
];
const kinds = live.length + 3;

/**
 * Registers `each` people of every kind. Each room has one person of every kind, so that every kind
 * receives messages from all others. Every person is a member of two rooms.
 * @param url the balancer's address, which all of them use
 * @param receiver of the webhooks
 */
export async function gatherCast(
  url: string,
  each: number,
  random: SeededRandom,
  receiver: HookReceiver,
): Promise<Cast> {
  const people = await Promise.all(
    Array.from({ length: kinds * each }, (_, number) => Person.register(url, `cast${number}`)),
  );
  const rooms = new Map<string, string[]>();
  for (let room = 0; room < each; room++) {
    const members = people.filter((_, index) => index % each === room || index % each === (room + 1) % each);
    const [owner, ...others] = members;
    if (!owner) throw new Error('the room has no members');
    const body = { name: `room ${room}`, members: others.map(({ userId }) => userId) };
    const { id } = await owner.must('POST', '/api/v1/rooms', body);
    // Admins may have webhooks.
    for (const { userId } of members.filter((member) => people.indexOf(member) >= (kinds - 1) * each))
      await owner.must('PUT', `/api/v1/rooms/${id}/members/${userId}/role`, { role: 'admin' });
    rooms.set(
      id,
      members.map(({ userId }) => userId),
    );
  }
  const roomsOf = ({ userId }: Person) =>
    [...rooms].flatMap(([roomId, members]) => (members.includes(userId) ? [roomId] : []));
  const players = people.map((person, index): Player => {
    const kind = Math.floor(index / each);
    const options = { url, person, rooms: roomsOf(person) };
    const role = live[kind];
    if (role) return new LivePlayer({ ...options, ...role, random: () => random.next() });
    if (kind === live.length) return new SdkPlayer(options);
    return kind < kinds - 1 ? new RestPlayer(options) : new HookPlayer({ ...options, receiver });
  });
  return { players, rooms: [...rooms.keys()] };
}
