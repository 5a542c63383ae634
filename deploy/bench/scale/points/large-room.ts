import type { Figure, ScalePoint } from '../point.ts';

const members = 1_000;
/** How many of them type, and read. */
const active = 200;

/** A room of 1,000: what its members receive when all enter, and some of them type and read. */
export const largeRoom: ScalePoint = {
  title: `a room of ${members} members`,
  async measure(world) {
    const { roomId, people } = await world.room(members);
    const clients = await world.connect(people);
    const figures: Figure[] = [];
    const count = async (what: string, act: () => Promise<unknown>, events: readonly string[]) => {
      const { frames, cpuMs } = await world.counting(clients, act);
      const received = events.reduce((sum, event) => sum + (frames.get(event) ?? 0), 0);
      figures.push({ name: `${what}: frames received (${events.join(', ')})`, value: received });
      figures.push({ name: `${what}: CPU of gateway, writer and clients (ms)`, value: cpuMs });
    };
    await count(
      'all enter',
      () => Promise.all(clients.map((client) => client.ask('join_room', { roomId }))),
      ['user_joined'],
    );
    const some = clients.slice(0, active);
    await count(
      `${active} type`,
      () => Promise.all(some.map((client) => client.ask('typing', { roomId, isTyping: true }))),
      ['user_typing'],
    );
    await some[0]?.ask('send_message', { roomId, content: 'hello' });
    const { id: messageId } = await world.latest(roomId);
    await count(
      `${active} read`,
      () => Promise.all(some.map((client) => client.ask('message_read', { roomId, messageId }))),
      ['messages_read', 'message_status_updated'],
    );
    for (const client of clients) client.close();
    return figures;
  },
};
