import { startRabbit } from '@parley/servers';
import { eventually, temporaryFolder } from '@parley/testkit';
import { expect, test } from 'vitest';
import { type Json, person, World, waitFor } from './gateway-harness.ts';

test('the broker killed and back: clients stay, and members removed meanwhile are out', async () => {
  const rabbit = await startRabbit({ dir: temporaryFolder() });
  const world = await World.start({ amqpUrl: rabbit.url });
  try {
    const gateway = await world.gateway({ SUBMIT_TIMEOUT: '1s' });
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await world.room([ada, bob]);
    const [adas, bobs] = [await world.join(gateway, ada, room), await world.join(gateway, bob, room)];
    rabbit.kill('SIGKILL');
    await rabbit.exited;
    const meanwhile = await adas.ask('send_message', { roomId: room.id, content: 'lost?' });
    expect(meanwhile).toMatchObject({ ok: false, error: { retryable: true } });
    world.removeSilently(room, bob);
    await rabbit.restart();
    expect(await waitFor(bobs, 'room_removed', 1, 30_000)).toEqual([{ roomId: room.id, reason: 'removed' }]);
    await eventually(() => adas.emit('send_message', { roomId: room.id, content: 'again' }));
    await eventually(() =>
      expect(adas.received('receive_message').at(-1)).toMatchObject({ content: 'again' }),
    );
    expect(bobs.received('receive_message').filter(({ content }: Json) => content === 'again')).toEqual([]);
    expect(adas.socket.connected && bobs.socket.connected).toBe(true);
  } finally {
    await world.stop();
    await rabbit.stop();
  }
});
