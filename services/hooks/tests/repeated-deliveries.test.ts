import type { Message } from '@parley/contracts';
import { eventually, seededRandom } from '@parley/testkit';
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

const setScene = () => sceneIn(hooks);

describe('repeated deliveries', () => {
  it('an answer that got lost: what changed meanwhile follows under another id', async () => {
    const { behave, roomId, write, delivered, received, contents } = await setScene();
    const first = await write('original');
    await delivered();
    behave('die');
    await write('second');
    await eventually(() => expect(received().length).toBeGreaterThan(1));
    await hooks.world.write(roomId, bob, 'edited', first);
    await write('third');
    behave({ answer: 200 });
    await eventually(() => {
      hooks.pass(hourMs);
      expect(contents()).toEqual(['original', 'second', 'edited', 'third']);
    });
    await delivered();
    const [, once, again] = received();
    expect(again?.headers['webhook-id']).toBe(once?.headers['webhook-id']);
  });

  const failures: [string, Behaviour][] = [
    ['was refused', { answer: 503 }],
    ['has lost its answer', 'die'],
  ];
  describe.each(failures)('an attempt that %s is repeated under its id, and', (_, failure) => {
    /** Deliveries of a webhook whose second one was repeated after `meanwhile`. */
    const repeated = async (
      scene: Awaited<ReturnType<typeof setScene>>,
      { before, meanwhile }: { before: () => Promise<unknown>; meanwhile: () => Promise<unknown> },
    ) => {
      const { behave, received, delivered, ids } = scene;
      await delivered();
      behave(failure);
      await before();
      await eventually(() => expect(received().length).toBeGreaterThan(1));
      await meanwhile();
      // An attempt may have begun before.
      const attempts = received().length;
      await eventually(() => {
        hooks.pass(hourMs);
        expect(received().length).toBeGreaterThan(attempts + 1);
      });
      behave({ answer: 200 });
      await eventually(() => {
        hooks.pass(hourMs);
        expect(new Set(ids()).size).toBeGreaterThan(2);
      });
      await delivered();
      const last = new Map(received().map(({ headers, payload: { data } }) => [headers['webhook-id'], data]));
      const deliveries = [...last.values()];
      expectChain(deliveries, 0, hooks.world.headOf(scene.roomId));
      return deliveries.slice(1);
    };

    it.each([
      ['edited', { content: 'edited', deletedAt: null }],
      ['deleted', { content: '', deletedAt: '2026-01-01T00:00:00.000Z' }],
    ])('a new message that was %s meanwhile is in it as it is now', async (_, now) => {
      const scene = await setScene();
      const { roomId, write } = scene;
      await write('first');
      const [retried, ...others] = await repeated(scene, {
        before: () => write('second'),
        meanwhile: async () => {
          await hooks.world.writeMany(roomId, bob, 120);
          const [, second] = hooks.world.messagesOf(roomId);
          await hooks.world.write(roomId, bob, now.content, { ...(second as Message), ...now });
        },
      });
      expect(retried).toMatchObject({ after: 1, seq: 2, changes: [{ message: { ...now, seq: 2 } }] });
      expect(others.at(-1)?.changes.at(-1)).toMatchObject({ seq: 123, message: { ...now, seq: 2 } });
    });

    it('is empty if its only change, of an old message, was followed by another', async () => {
      const scene = await setScene();
      const first = await scene.write('first');
      const deliveries = await repeated(scene, {
        before: () => hooks.world.write(scene.roomId, bob, 'edited', first),
        meanwhile: () => hooks.world.write(scene.roomId, bob, 'edited again', first),
      });
      expect(deliveries).toMatchObject([
        { after: 1, seq: 2, changes: [] },
        { after: 2, seq: 3, changes: [{ message: { content: 'edited again' } }] },
      ]);
    });

    it('is empty if its author has blocked the owner since', async () => {
      const scene = await setScene();
      const carol = person('carol');
      await scene.write('first');
      const deliveries = await repeated(scene, {
        before: () => scene.write('second', carol),
        meanwhile: () => {
          hooks.world.blocks.add(carol.userId + ada.userId);
          return scene.write('third');
        },
      });
      expect(deliveries).toMatchObject([
        { after: 1, seq: 2, changes: [] },
        { after: 2, seq: 3, changes: [{ message: { content: 'third' } }] },
      ]);
    });

    it('tells of an older state that was restored meanwhile', async () => {
      const scene = await setScene();
      const { behave, write, received, ids, delivered, roomId } = scene;
      await write('first');
      await delivered();
      behave(failure);
      await write('second');
      await eventually(() => expect(received().length).toBeGreaterThan(1));
      hooks.world.restore(roomId, 1);
      hooks.pass(hourMs);
      await eventually(() => expect(received().at(-1)?.payload.data).toMatchObject({ reset: true, seq: 1 }));
      await write('another second');
      behave({ answer: 200 });
      await eventually(() => {
        hooks.pass(hourMs);
        expect(received().at(-1)?.payload.data).toMatchObject({ after: 1, seq: 2 });
      });
      await delivered();
      const reset = received().findIndex(({ payload }) => payload.data.reset);
      expect(received()[reset]?.payload.data).toMatchObject({ after: 1, seq: 1, changes: [] });
      expect(ids().slice(reset)).not.toContain(ids()[1]);
    });
  });

  it('a new message that changes beyond its page is in it, and its change follows', async () => {
    const { path, roomId, behave, write, delivered } = await setScene();
    behave('hang');
    await write('first');
    await eventually(() => expect(hooks.receiver.at(path)).toHaveLength(1));
    const [early] = await hooks.world.writeMany(roomId, bob, 150);
    await hooks.world.write(roomId, bob, 'edited', early);
    behave({ answer: 200 });
    await eventually(() => {
      hooks.pass(hourMs);
      expect(hooks.receiver.handled(path).at(-1)?.seq).toBe(152);
    });
    await delivered();
    const deliveries = hooks.receiver.handled(path);
    expectChain(deliveries, 0, 152);
    expect(deliveries[1]).toMatchObject({ after: 1, seq: 101 });
    expect(deliveries[1]?.changes[0]).toMatchObject({ seq: 152, message: { seq: 2, content: 'edited' } });
    expect(deliveries.at(-1)?.changes.at(-1)).toMatchObject({ seq: 152, message: { seq: 2 } });
  });

  it.each([1, 2])(
    'whatever a receiver does, it handles each change once, in order (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const { roomId, path, behave, write, delivered, received } = await setScene();
      const ok: Behaviour = { answer: 200 };
      behave(() => random.pick<Behaviour>(['die', { answer: 500 }, { answer: 200, afterMs: 20 }, ok, ok]));
      const written = [await write('first')];
      for (let step = 0; step < 150; step++) {
        const old = written[random.integer(0, written.length - 1)];
        if (old && random.integer(0, 2) === 0) await hooks.world.write(roomId, bob, `edit ${step}`, old);
        else written.push(await write(`message ${step}`));
        if (random.integer(0, 4) > 0) continue;
        const attempts = received().length;
        hooks.pass(hourMs);
        await eventually(() => expect(received().length).toBeGreaterThan(attempts));
      }
      behave({ answer: 200 });
      await eventually(async () => {
        hooks.pass(hourMs);
        const { rooms } = await hooks.must(
          ada,
          'GET',
          `/${(await hooks.call(ada, 'GET', '')).body.hooks[0].id}/lag`,
        );
        expect(rooms).toMatchObject([{ seq: hooks.world.headOf(roomId) }]);
      });
      await delivered();
      const handled = hooks.receiver.handled(path);
      expectChain(handled, 0, hooks.world.headOf(roomId));
      const copy = new Map<string, string>();
      for (const { changes } of handled)
        for (const change of changes)
          if (change.kind === 'message') copy.set(change.message.id, change.message.content);
      const expected = hooks.world.messagesOf(roomId).map(({ id, content }) => [id, content]);
      expect([...copy].sort()).toEqual(expected.sort());
    },
  );
});
