import { statusKeys } from '@parley/backplane';
import { newId } from '@parley/runtime';
import type { Figure, ScalePoint } from '../point.ts';

const coming = 50;
const groupSize = 10;
const roomsOfEach = 20;
const contactsOfEach = 20;
/** As many as the directory lists. */
const maxRooms = 500;
const everywhere = 'parley#/#';

/** Users come online whom others see: messages between the gateways, and frames. */
export const statuses: ScalePoint = {
  title: `${coming} users in ${roomsOfEach} rooms of ${groupSize}, and one in ${maxRooms} rooms, come online`,
  async measure(world) {
    const groups = Array.from({ length: coming }, () => world.people(groupSize));
    const [busy] = world.people(1);
    if (!busy) throw new Error('nobody is busy');
    for (const group of groups) {
      const roomIds = ids(roomsOfEach);
      for (const { userId } of group) world.audiences.set(userId, { roomIds, userIds: ids(contactsOfEach) });
    }
    world.audiences.set(busy.userId, { roomIds: ids(maxRooms), userIds: ids(contactsOfEach) });
    const watching = await world.connect(groups.flatMap((group) => group.slice(1)));
    await world.counting(watching, async () => undefined);

    const published: { channel: string; bytes: number }[] = [];
    const subscriber = world.redis.duplicate();
    subscriber.on('smessageBuffer', (channel: Buffer, message: Buffer) => {
      if (message.includes('"status":"online"'))
        published.push({ channel: channel.toString(), bytes: message.length });
    });
    await subscriber.ssubscribe(everywhere, ...statusKeys.map((key) => `${everywhere}${key}#`));
    const clients = [...watching];
    const { frames } = await world.counting(watching, async () => {
      clients.push(...(await world.connect([...groups.flatMap((group) => group.slice(0, 1)), busy])));
    });
    for (const client of clients) client.close();
    subscriber.disconnect();
    const sizes = published.map(({ bytes }) => bytes);
    const shared = published.filter(({ channel }) => channel === everywhere);
    const figure = (name: string, value: number): Figure => ({ name, value });
    return [
      figure('messages', published.length),
      figure('of these, on the one channel of all gateways', shared.length),
      figure('channels', new Set(published.map(({ channel }) => channel)).size),
      figure('bytes of the smallest', Math.min(...sizes)),
      figure('bytes of the largest', Math.max(...sizes)),
      figure('frames received (user_status)', frames.get('user_status') ?? 0),
    ];
  },
};

const ids = (count: number): string[] => Array.from({ length: count }, () => newId());
