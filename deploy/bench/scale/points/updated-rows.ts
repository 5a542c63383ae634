import { pause } from '@parley/runtime/async';
import { rewriteTable, rowWrites } from '../../stores/row-writes.ts';
import type { ScalePoint } from '../point.ts';

const rooms = 500;
const rounds = 4;
const flushMs = 1_500;

/**
 * A message to each of many rooms, again and again: how many updates of rooms write indexes. The
 * table has just been restored or rewritten, so its pages are as full as they may be.
 */
export const updatedRows: ScalePoint = {
  title: `${rooms * rounds} messages to ${rooms} rooms in turn`,
  async measure(world) {
    const person = world.people(1);
    const roomIds = await world.rooms(Array.from({ length: rooms }, () => person));
    const [client] = await world.connect(person);
    if (!client) throw new Error('there is no client');
    const writes = async () =>
      (await rowWrites(world.postgres, 'messages', ['rooms'])).get('rooms') ?? { updated: 0, hot: 0 };
    await rewriteTable(world.postgres, 'messages.rooms');
    const before = await writes();
    for (let round = 0; round < rounds; round++)
      for (const roomId of roomIds) await client.ask('send_message', { roomId, content: 'hello' });
    await pause(flushMs);
    // A connection publishes its counts with a later transaction.
    await client.ask('send_message', { roomId: roomIds[0], content: 'hello' });
    const after = await writes();
    client.close();
    return [
      { name: 'updates of rows of rooms', value: after.updated - before.updated },
      { name: 'of them without writing to an index', value: after.hot - before.hot },
    ];
  },
};
