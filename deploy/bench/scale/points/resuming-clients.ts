import { forEachLimit } from '@parley/runtime/async';
import type { Figure, ScalePoint } from '../point.ts';

const people = 500;
const roomsOfEach = 20;
const roomSize = 10;
/** The database has few connections. */
const resumesAtOnce = 10;

/** Many clients come back at the same time, each with many rooms that it knows. */
export const resumingClients: ScalePoint = {
  title: `${people} clients resume ${roomsOfEach} rooms each`,
  async measure(world) {
    const everybody = world.people(people);
    const groups = Array.from({ length: people / roomSize }, (_, group) =>
      everybody.slice(group * roomSize, (group + 1) * roomSize),
    );
    const roomIds = await world.rooms(groups.flatMap((group) => Array(roomsOfEach).fill(group)));
    const clients = await world.connect(everybody);
    const before = await world.used();
    const { cpuMs } = await world.counting(clients, () =>
      forEachLimit(clients, resumesAtOnce, (client, index) => {
        const first = Math.floor(index / roomSize) * roomsOfEach;
        const known = roomIds.slice(first, first + roomsOfEach);
        return client.ask('resume', { rooms: known.map((roomId) => ({ roomId, seq: roomSize })) });
      }),
    );
    const after = await world.used();
    for (const client of clients) client.close();
    const all = (what: string, name: keyof typeof after): Figure => ({
      name: what,
      value: after[name] - before[name],
    });
    return [
      all('questions to the directory about memberships', 'standings'),
      all('questions to messages about heads', 'heads'),
      all('scripts that Redis ran', 'scripts'),
      all('commands that subscribe', 'subscriptions'),
      { name: 'CPU of gateway, messages and clients (ms)', value: cpuMs },
    ];
  },
};
