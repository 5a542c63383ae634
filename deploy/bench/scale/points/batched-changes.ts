import { committed } from '../../stores/row-writes.ts';
import type { ScalePoint } from '../point.ts';

const members = 10;
/** Each member's messages, edits and reactions, which all arrive at once. */
const each = 20;

/** Messages, edits and reactions that arrive together: their cost, and when sends are answered. */
export const batchedChanges: ScalePoint = {
  title: `${members * each} messages, edits and reactions each at once`,
  async measure(world) {
    const { roomId, people } = await world.room(members);
    const clients = await world.connect(people);
    for (const client of clients) await client.ask('join_room', { roomId });
    const send = async (client: (typeof clients)[number], n: number) =>
      ((await client.ask('send_message', { roomId, content: `message ${n}` })) as { id: string }).id;
    const all = <T>(act: (client: (typeof clients)[number], n: number) => Promise<T>) =>
      Promise.all(clients.flatMap((client) => Array.from({ length: each }, (_, n) => act(client, n))));
    const own = await Promise.all(
      clients.map((client) => Promise.all(Array.from({ length: each }, (_, n) => send(client, n)))),
    );
    const before = await committed(world.postgres);
    let sentMs = 0;
    let changedMs = 0;
    const { cpuMs } = await world.counting(clients, async () => {
      const begin = performance.now();
      const changes = clients.flatMap((client, at) =>
        (own[at] ?? []).flatMap((messageId, n) => [
          client.ask('edit_message', { roomId, messageId, content: `better ${n}` }),
          client.ask('react_message', { roomId, messageId, reaction: '👍', on: true }),
        ]),
      );
      await all(send);
      sentMs = Math.round(performance.now() - begin);
      await Promise.all(changes);
      changedMs = Math.round(performance.now() - begin);
    });
    const transactions = (await committed(world.postgres)) - before;
    for (const client of clients) client.close();
    return [
      { name: 'transactions of PostgreSQL', value: transactions },
      { name: 'all messages acknowledged after (ms)', value: sentMs },
      { name: 'all edits and reactions acknowledged after (ms)', value: changedMs },
      { name: 'CPU of gateway, writer and clients (ms)', value: cpuMs },
    ];
  },
};
