import { forEachLimit } from '@parley/runtime/async';
import type { ScalePoint } from '../point.ts';

const people = 500;
const roomsOfEach = 20;
const roomSize = 10;
/** The database has few connections. */
const resumesAtOnce = 10;

/** The connection to the broker is lost, and back: what a gateway asks to be current again. */
export const brokerOutage: ScalePoint = {
  title: `an outage of the broker, ${(people / roomSize) * roomsOfEach} rooms of ${people} connections`,
  async measure(world) {
    const everybody = world.people(people);
    const groups = Array.from({ length: people / roomSize }, (_, group) =>
      everybody.slice(group * roomSize, (group + 1) * roomSize),
    );
    const roomIds = await world.rooms(groups.flatMap((group) => Array(roomsOfEach).fill(group)));
    const clients = await world.connect(everybody);
    await forEachLimit(clients, resumesAtOnce, (client, index) => {
      const first = Math.floor(index / roomSize) * roomsOfEach;
      const known = roomIds.slice(first, first + roomsOfEach);
      return client.ask('resume', { rooms: known.map((roomId) => ({ roomId, seq: roomSize })) });
    });
    const before = await world.used();
    const { cpuMs } = await world.counting(clients, async () => world.interrupt());
    const after = await world.used();
    for (const client of clients) client.close();
    const asked = (name: keyof typeof after) => after[name] - before[name];
    return [
      {
        name: 'questions to the directory about members and rooms',
        value: asked('standings') + asked('rooms') + asked('lost'),
      },
      { name: 'questions to the directory about missed events', value: asked('events') },
      { name: 'CPU of gateway, messages and clients (ms)', value: cpuMs },
    ];
  },
};
