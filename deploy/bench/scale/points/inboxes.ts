import { pause } from '@parley/runtime/async';
import { committed, rowWrites } from '../../stores/row-writes.ts';
import type { ScalePoint } from '../point.ts';
import { startWorld } from '../world.ts';

const rooms = 40;
const members = 10;
const messagesOfEach = 10;
/** Longer than inboxes gather messages. */
const apartMs = 400;
const tables = ['notifications', 'counted_messages', 'outbox', 'hints'];

/** Messages to members who are connected but look elsewhere: each gets a row and a live event. */
export const inboxes: ScalePoint = {
  title: `${rooms * messagesOfEach} messages in rooms of ${members}, seen by nobody`,
  async measure() {
    const world = await startWorld({ withInboxes: true });
    try {
      const groups = Array.from({ length: rooms }, () => world.people(members));
      const roomIds = await world.rooms(groups);
      const clients = await world.connect(groups.flat());
      const senders = clients.filter((_, at) => at % members === 0);
      await Promise.all(senders.map((client, at) => client.ask('join_room', { roomId: roomIds[at] })));
      const [before, commits] = [
        await rowWrites(world.postgres, 'notifications', tables),
        await committed(world.postgres),
      ];
      const { frames, cpuMs } = await world.counting(clients, async () => {
        for (let n = 0; n < messagesOfEach; n++) {
          await Promise.all(
            senders.map((client, at) =>
              client.ask('send_message', { roomId: roomIds[at], content: `message ${n}` }),
            ),
          );
          await pause(apartMs);
        }
      });
      // A connection publishes its counts with a later transaction.
      await senders[0]?.ask('send_message', { roomId: roomIds[0], content: 'last' });
      const transactions = (await committed(world.postgres)) - commits;
      const after = await rowWrites(world.postgres, 'notifications', tables);
      const written = (table: string): number => {
        const [now, then] = [after.get(table), before.get(table)];
        const sum = (writes = { inserted: 0, deleted: 0, updated: 0, hot: 0 }) =>
          writes.inserted + writes.deleted + writes.updated;
        return sum(now) - sum(then);
      };
      for (const client of clients) client.close();
      return [
        ...tables.map((table) => ({ name: `rows written to \`${table}\``, value: written(table) })),
        { name: 'live notifications received (notification)', value: frames.get('notification') ?? 0 },
        { name: 'transactions of PostgreSQL', value: transactions },
        { name: 'CPU of gateway, writer, notifications and clients (ms)', value: cpuMs },
      ];
    } finally {
      await world.stop();
    }
  },
};
