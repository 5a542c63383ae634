import { pause } from '@parley/runtime/async';
import type { Redis } from 'ioredis';
import type { Figure, ScalePoint } from '../point.ts';
import { renewEveryMs } from '../world.ts';

const people = 500;
const roomsOfEach = 20;
const roomSize = 10;
const renewals = 3;

/** Many rooms joined on one gateway: the cost of renewing their leases, while nothing happens. */
export const watchedRooms: ScalePoint = {
  title: `${people * roomsOfEach} joined rooms on ${people} connections`,
  async measure(world) {
    const everybody = world.people(people);
    const groups = Array.from({ length: people / roomSize }, (_, group) =>
      everybody.slice(group * roomSize, (group + 1) * roomSize),
    );
    const roomIds = await world.rooms(groups.flatMap((group) => Array(roomsOfEach).fill(group)));
    const clients = await world.connect(everybody);
    await world.counting(clients, () =>
      Promise.all(
        clients.map(async (client, index) => {
          const first = Math.floor(index / roomSize) * roomsOfEach;
          for (const roomId of roomIds.slice(first, first + roomsOfEach))
            await client.ask('join_room', { roomId });
        }),
      ),
    );
    const before = await usedBy(world.redis);
    await pause(renewals * renewEveryMs);
    const after = await usedBy(world.redis);
    const held = await world.redis.keys('*:watching:*:held:*');
    const entries = await Promise.all(held.map((key) => world.redis.scard(key)));
    for (const client of clients) client.close();
    const each = (name: keyof Used, unit: string): Figure => ({
      name: `each renewal of all leases: ${unit}`,
      value: Math.round((after[name] - before[name]) / renewals),
    });
    return [
      { name: 'entries in Redis', value: entries.reduce((sum, count) => sum + count, 0) },
      each('scripts', 'scripts'),
      each('leases', 'leases written'),
      each('micros', 'Redis CPU (µs)'),
    ];
  },
};

interface Used {
  scripts: number;
  leases: number;
  micros: number;
}

/** Since Redis has started. Commands within scripts count, too. */
async function usedBy(redis: Redis): Promise<Used> {
  const stats = await redis.info('commandstats');
  const of = (name: string, field: string): number =>
    Number(new RegExp(`cmdstat_${name}:.*\\b${field}=(\\d+)`).exec(stats)?.[1] ?? 0);
  return {
    scripts: of('evalsha', 'calls'),
    leases: of('zadd', 'calls'),
    micros: of('evalsha', 'usec'),
  };
}
