import { eventually } from '@parley/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hooks, startHooks } from './hooks-harness.ts';
import type { Behaviour } from './receiver.ts';
import { ada, bob, expectChain, sceneIn } from './scene.ts';
import { person } from './world.ts';

const hourMs = 3_600_000;
let hooks: Hooks;
beforeAll(async () => {
  hooks = await startHooks({ MAX_HOOKS: '100' });
});
afterAll(() => hooks?.stop());

const setScene = (body?: Record<string, unknown>) => sceneIn(hooks, body);

describe('deliveries', () => {
  it('contain every change from the creation on, in order, signed as Standard Webhooks', async () => {
    const { roomId, path, secret, write, delivered, received, contents } = await setScene();
    for (const word of ['one', 'two', 'three']) await write(word);
    await delivered();
    expect(contents()).toEqual(['one', 'two', 'three']);
    expectChain(hooks.receiver.handled(path), 0, 3);
    for (const { body, headers } of received())
      expect(new Webhook(secret).verify(body, headers)).toMatchObject({
        type: 'room.changes',
        data: { roomId },
      });
    expect(() =>
      new Webhook(secret).verify(received()[0]?.body.replace('one', '1') ?? '', received()[0]?.headers ?? {}),
    ).toThrow();
  });

  it('have at most 100 changes', async () => {
    const { path, roomId, behave, write, delivered } = await setScene();
    let isFirst = true;
    behave(() => {
      const afterMs = isFirst ? 300 : 0;
      isFirst = false;
      return { answer: 200, afterMs };
    });
    await write('first');
    await eventually(() => expect(hooks.receiver.at(path)).toHaveLength(1));
    await hooks.world.writeMany(roomId, bob, 250);
    await delivered();
    const deliveries = hooks.receiver.handled(path);
    expect(deliveries.map(({ changes }) => changes.length)).toEqual([1, 100, 100, 50]);
    expectChain(deliveries, 0, 251);
  });

  it('contain the requested kinds alone; the rest is skipped without a request', async () => {
    const { roomId, write, delivered, received } = await setScene({ events: ['joined'] });
    await write('unwanted');
    await delivered();
    expect(received()).toEqual([]);
    await hooks.world.join(roomId, person('carol'));
    await write('unwanted');
    await delivered();
    expect(received().map(({ payload }) => payload.data.changes.map(({ kind }) => kind))).toEqual([
      ['joined'],
    ]);
  });

  it('are repeated with the same id after every kind of failure, and continue', async () => {
    const { behave, write, delivered, received, ids, contents } = await setScene();
    const failures: Behaviour[] = [
      { answer: 500 },
      { answer: 404 },
      'die',
      'hang',
      { answer: 302, headers: { location: '/elsewhere' } },
      { answer: 307, headers: { location: 'http://127.0.0.1:1/' } },
      { answer: 307, headers: { location: 'http://127.0.0.2/' } },
      { answer: 200, afterMs: 700 },
    ];
    behave(() => failures[received().length - 1] ?? { answer: 200 });
    await write('one');
    await eventually(() => {
      hooks.pass(hourMs);
      expect(received()).toHaveLength(failures.length + 1);
    });
    await delivered();
    expect(new Set(ids()).size).toBe(1);
    await write('two');
    await delivered();
    expect(contents()).toEqual(['one', 'two']);
    expect(hooks.receiver.at('/elsewhere')).toEqual([]);
  });

  it('500 for an hour: the pauses grow, and nothing is lost', async () => {
    const { hook, behave, write, delivered, received, contents } = await setScene();
    behave({ answer: 500 });
    await write('one');
    await eventually(() => expect(received()).toHaveLength(1));
    for (let minute = 0; minute < 60; minute++) {
      const before = received().length;
      await write(`minute ${minute}`);
      hooks.pass(60_000);
      // At the beginning, each minute has an attempt; later, few have.
      if (minute < 5) await eventually(() => expect(received().length).toBeGreaterThan(before));
    }
    const { rooms } = await hooks.must(ada, 'GET', `/${hook.id}/lag`);
    expect(rooms).toMatchObject([{ seq: 0, head: 61 }]);
    expect(received().length).toBeLessThan(20);
    expect(await hooks.hook(ada, hook.id)).toMatchObject({ state: 'active' });
    behave({ answer: 200 });
    await eventually(() => {
      hooks.pass(hourMs);
      expect(contents()).toHaveLength(61);
    });
    await delivered();
    expect(await hooks.hook(ada, hook.id)).toMatchObject({ failingSince: null });
  });

  it('after three days without a success the webhook is paused and keeps its cursor', async () => {
    const { hook, behave, write, delivered, contents } = await setScene();
    behave('die');
    const attempted = (times: number) =>
      eventually(async () =>
        expect((await hooks.must(ada, 'GET', `/${hook.id}/deliveries`)).deliveries).toHaveLength(times),
      );
    await write('one');
    await attempted(1);
    hooks.pass(71 * hourMs);
    await attempted(2);
    expect(await hooks.hook(ada, hook.id)).toMatchObject({ state: 'active' });
    hooks.pass(2 * hourMs);
    await eventually(async () =>
      expect(await hooks.hook(ada, hook.id)).toMatchObject({ state: 'paused', stateReason: 'failing' }),
    );
    await write('two');
    hooks.pass(hourMs);
    behave({ answer: 200 });
    await hooks.must(ada, 'POST', `/${hook.id}/resume`);
    await delivered();
    expect(contents()).toEqual(['one', 'two']);
  });

  it('410 ends the webhook', async () => {
    const { hook, behave, write, received } = await setScene();
    behave({ answer: 410 });
    await write('one');
    await eventually(async () =>
      expect(await hooks.hook(ada, hook.id)).toMatchObject({ state: 'ended', stateReason: 'gone' }),
    );
    await write('two');
    hooks.pass(24 * hourMs);
    expect(received()).toHaveLength(1);
  });

  it('slow and dead receivers delay no other one', async () => {
    const slow = await Promise.all(Array.from({ length: 12 }, () => setScene()));
    for (const [index, { behave }] of slow.entries()) behave(index % 2 === 0 ? 'hang' : 'die');
    for (const { write } of slow) await write('for a slow one');
    await eventually(() => {
      for (const { received } of slow) expect(received()).not.toEqual([]);
    });
    const { write, received } = await setScene();
    const beganAt = Date.now();
    await write('for a fast one');
    await eventually(() => expect(received()).toHaveLength(1));
    expect((received()[0]?.at ?? 0) - beganAt).toBeLessThan(450);
    for (const { hook } of slow) await hooks.must(ada, 'DELETE', `/${hook.id}`);
  });

  it('hold no more in memory than the requests in flight, however many receivers hang or lag', async () => {
    const few = await startHooks({ HOOK_CONCURRENCY: '8', HOOK_TIMEOUT: '1500ms' });
    try {
      const scenes = await Promise.all(Array.from({ length: 12 }, () => sceneIn(few)));
      for (const { behave, write } of scenes) {
        behave('hang');
        for (let number = 0; number < 150; number++) await write('x'.repeat(4_000));
      }
      await eventually(() => expect(few.receiver.hanging).toBe(8));
      // Once they are known to be slow, half of the requests are kept for others.
      await eventually(() => {
        few.pass(60_000);
        expect(few.receiver.hanging).toBe(4);
      });
      const { write, received } = await sceneIn(few);
      await write('for a fast one');
      await eventually(() => expect(received()).toHaveLength(1));
      expect(few.receiver.maxHanging).toBe(8);
      for (const { body } of few.receiver.received) expect(Buffer.byteLength(body)).toBeLessThan(270_000);
      for (const { hook } of scenes) await few.must(ada, 'DELETE', `/${hook.id}`);
    } finally {
      await few.stop();
    }
  });

  it('leaving ends them within a second, and a return continues them', async () => {
    const { roomId, write, delivered, contents, received } = await setScene();
    await write('before');
    await delivered();
    await hooks.world.leave(roomId, ada);
    await write('during');
    await eventually(async () => {
      const { body } = await hooks.call(ada, 'GET', '');
      const { rooms } = await hooks.must(ada, 'GET', `/${body.hooks[0].id}/lag`);
      expect(rooms).toMatchObject([{ active: false }]);
    });
    expect(received()).toHaveLength(1);
    await hooks.world.join(roomId, ada);
    await write('after');
    await delivered();
    expect(contents()).toEqual(['before', 'during', 'joined', 'after']);
  });

  it('a request in flight ends when the owner leaves', async () => {
    const { roomId, behave, write, received } = await setScene();
    behave('hang');
    await write('secret');
    await eventually(() => expect(received()).toHaveLength(1));
    await hooks.world.leave(roomId, ada);
    hooks.pass(24 * hourMs);
    await eventually(async () => {
      const { body } = await hooks.call(ada, 'GET', '');
      const { rooms } = await hooks.must(ada, 'GET', `/${body.hooks[0].id}/lag`);
      expect(rooms).toMatchObject([{ active: false }]);
    });
    expect(received()).toHaveLength(1);
  });

  it('omit messages between users with a block', async () => {
    const { write, delivered, contents } = await setScene();
    const [carol, dan] = [person('carol'), person('dan')];
    hooks.world.blocks.add(ada.userId + carol.userId).add(dan.userId + ada.userId);
    await write('from carol', carol);
    await write('from dan', dan);
    await write('from bob');
    await delivered();
    expect(contents()).toEqual(['from bob']);
  });

  it('a restored older state is announced, and deliveries continue from it', async () => {
    const { roomId, write, delivered, received, ids } = await setScene();
    for (const word of ['one', 'two', 'three']) await write(word);
    await delivered();
    hooks.world.restore(roomId, 1);
    await write('other');
    await delivered();
    await write('next');
    await delivered();
    const last = received().slice(-2);
    expect(last[0]?.payload.data).toMatchObject({ reset: true, seq: 2, changes: [] });
    expect(last[1]?.payload.data).toMatchObject({ after: 2, seq: 3 });
    expect(new Set(ids()).size).toBe(ids().length);
  });
});
