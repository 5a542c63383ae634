import type { Session } from '@parley/client';
import { pause } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { startEmbeddedTarget } from '../whole-stack/start-targets.ts';
import { contents, createPeople, record } from './sdk-people.ts';

// These wait for timers most of the time, so they run at the same time.
describe.concurrent('the client, on an embedded start with short periods', () => {
  const { someone, connect, unreliableProxy } = createPeople(() => expect.fail('each has its own'), afterAll);

  test('a session outlives its tokens and receives every message meanwhile', async () => {
    const hasty = await startEmbeddedTarget({ env: { ACCESS_TTL: '3s', RECEIPTS_UP_TO: '1' } });
    const [ada, bob] = [await someone('ada', hasty.url), await someone('bob', hasty.url)];
    const members = [(await bob.me()).userId];
    const { id: roomId } = await ada.createRoom({ name: 'garden', members });
    const [adaLive, bobLive] = [connect(ada), connect(bob)];
    const [states, received] = [record(adaLive, 'connection'), record(adaLive, 'message')];
    const counts = record(adaLive, 'roomPresence');
    await adaLive.join(roomId);
    const until = Date.now() + 10_000;
    let said = 0;
    while (Date.now() < until) {
      await bobLive.send(roomId, `line ${++said}`);
      await pause(20);
    }
    await eventually(() => expect(received).toHaveLength(said));
    expect(contents(received)).toEqual(Array.from({ length: said }, (_, index) => `line ${index + 1}`));
    // Three token lifetimes on one connection: it accepted each new token in-band.
    expect(states.filter(({ state }) => state === 'offline')).toEqual([]);
    // Their room is a large one there.
    await eventually(() => expect(counts.at(-1)).toMatchObject({ roomId, online: 2 }));
    expect(adaLive.onlineIn(roomId)).toBe(2);
    await hasty.stop();
  });

  test('a connection that freezes without closing is detected and replaced without loss', async () => {
    const quick = await startEmbeddedTarget({ env: { PING_INTERVAL: '1s' } });
    const proxy = await unreliableProxy(quick.url);
    const [ada, bob, eve] = [
      await someone('ada', proxy.url),
      await someone('bob', proxy.url),
      await someone('eve', quick.url),
    ];
    const members = await Promise.all([bob, eve].map(async (client) => (await client.me()).userId));
    const { id: roomId } = await ada.createRoom({ name: 'garden', members });
    const [speaker, listener, other] = [ada, bob, eve].map(connect) as [Session, Session, Session];
    await Promise.all([speaker, listener, other].map((session) => session.join(roomId)));
    const received = [speaker, listener, other].map((session) => record(session, 'message'));
    const ends = [speaker, listener].map((session) => record(session, 'connection'));
    proxy.freeze();
    await other.send(roomId, 'into the frozen ones');
    await speaker.send(roomId, 'out of a frozen one');
    const reasons = () =>
      ends.map((states) =>
        states.flatMap((event) => (event.state === 'offline' ? [event.reason] : [])).slice(0, 1),
      );
    await eventually(() => expect(reasons()).toEqual([['heartbeat_lost'], ['ping timeout']]), {
      timeoutMs: 60_000,
    });
    const said = ['into the frozen ones', 'out of a frozen one'];
    await eventually(() => expect(received.map(contents)).toEqual([said, said, said]), { timeoutMs: 60_000 });
    await quick.stop();
  });
});
