import { eventually, seededRandom } from '@parley/testkit';
import { expect, test } from 'vitest';
import { change, room, upTo } from '../../tests/sequenced-room.ts';

test('it starts at the head of the room and delivers the next changes at once, without asking', async () => {
  const { sequencer, state, store } = await room(7);
  expect(await sequencer.open()).toBe(7);
  for (let count = 0; count < 3; count++) sequencer.accept(store());
  expect(state).toMatchObject({ delivered: [8, 9, 10], asked: 1, gaps: 0 });
});

test('changes that arrive while it asks for the head are neither lost nor repeated', async () => {
  const { sequencer, state, store } = await room(7);
  const opening = Promise.all([sequencer.open(), sequencer.open()]);
  sequencer.accept(change(7));
  const [later, evenLater] = [store(), store()];
  sequencer.accept(evenLater);
  sequencer.accept(later);
  const [begin] = await opening;
  await eventually(() => expect(state.delivered).toEqual(upTo(begin + 1, 9)));
});

test('a change that cannot be delivered costs the room none of those after it', async () => {
  const { sequencer, state, store } = await room(7);
  state.undeliverable = 9;
  await sequencer.open();
  const [first, ...others] = upTo(8, 12).map(store);
  for (const one of others) sequencer.accept(one);
  if (first) sequencer.accept(first);
  expect(state.delivered).toEqual([8, 10, 11, 12]);
});

test('a second join while the first waits for the head lets no change pass an earlier one', async () => {
  const { sequencer, state } = await room(7);
  const first = sequencer.open();
  sequencer.accept(change(8));
  const second = sequencer.open(true);
  sequencer.accept(change(9));
  expect(await Promise.all([first, second])).toEqual([7, 7]);
  expect(state.delivered).toEqual([8, 9]);
});

test('a join is answered a number that covers what passed before it', async () => {
  const { sequencer, state } = await room(7);
  const first = sequencer.open(true);
  sequencer.accept(change(8));
  const second = sequencer.open(true);
  sequencer.accept(change(9));
  expect(await Promise.all([first, second])).toEqual([7, 8]);
  expect(state.delivered).toEqual([8, 9]);
});

test('changes fetched to fill a gap are not delivered again when they arrive late', async () => {
  const { sequencer, state, store } = await room(20);
  // Two connections join at once: the second one finds the room in use.
  await Promise.all([sequencer.open(), sequencer.open(true)]);
  const late = upTo(21, 620).map(store);
  await sequencer.check();
  for (const one of late) sequencer.accept(one);
  for (const one of late) sequencer.accept(one);
  expect(state.delivered).toEqual(upTo(21, 620));
});

test('repeated and late changes are dropped', async () => {
  const { sequencer, state, store } = await room(0);
  await sequencer.open();
  const all = [store(), store(), store()];
  for (const one of [...all, ...all, ...all.slice(0, 1)]) sequencer.accept(one);
  expect(state.delivered).toEqual([1, 2, 3]);
});

test('a gap of several pages is filled before later changes are delivered', async () => {
  const { sequencer, state, store } = await room(1);
  await sequencer.open();
  for (let count = 0; count < 450; count++) store();
  sequencer.accept(store());
  expect(state.delivered).toEqual([]);
  await eventually(() => expect(state.delivered).toEqual(upTo(2, 452)));
  expect(state.gaps).toBe(1);
});

test('it waits while the messages service is away, and continues when it is back', async () => {
  const { sequencer, state, store } = await room(0);
  await sequencer.open();
  store();
  state.away = true;
  const before = state.asked;
  sequencer.accept(store());
  await eventually(() => expect(state.asked).toBeGreaterThan(before + 2));
  sequencer.accept(store());
  expect(state.delivered).toEqual([]);
  state.away = false;
  await eventually(() => expect(state.delivered).toEqual([1, 2, 3]));
});

test('numbers whose changes were replaced by later ones are skipped', async () => {
  const { sequencer, state, store } = await room(0);
  await sequencer.open();
  for (let count = 0; count < 4; count++) store();
  const last = store();
  // The messages service keeps a message's creation and its last change: 2 and 3 were changes of 1
  // that 4 has replaced.
  state.stored.splice(1, 2, change(4), change(4));
  sequencer.accept(last);
  await eventually(() => expect(state.delivered).toEqual([1, 4, 5]));
});

test('a check fetches a lost last change, and so does an announced head', async () => {
  const { sequencer, state, store } = await room(0);
  await sequencer.open();
  store();
  await sequencer.check();
  expect(state.delivered).toEqual([1]);
  sequencer.expect(store().seq);
  await eventually(() => expect(state.delivered).toEqual([1, 2]));
  await sequencer.check();
  expect(state).toMatchObject({ delivered: [1, 2], gaps: 1 });
});

test('a change that the messages service does not know does not block the room for ever', async () => {
  const { sequencer, state } = await room(3);
  await sequencer.open();
  sequencer.accept(change(9));
  await eventually(() => expect(state.delivered).toEqual([9]));
  sequencer.accept(change(10));
  expect(state.delivered).toEqual([9, 10]);
});

test('an announced head that does not exist loses no later change', async () => {
  const { sequencer, state, store } = await room(3);
  await sequencer.open();
  sequencer.expect(90);
  await eventually(() => expect(state.asked).toBeGreaterThan(6));
  sequencer.accept(store());
  await eventually(() => expect(state.delivered).toEqual([4]));
});

test('a gap beyond the limit stays open, and later changes are delivered', async () => {
  const { sequencer, state, store } = await room(0);
  await sequencer.open();
  for (let count = 0; count < 20_000; count++) store();
  sequencer.accept(store());
  await eventually(() => expect(state.leftOpen).toBe(1));
  sequencer.accept(store());
  await eventually(() => expect(state.delivered.at(-1)).toBe(20_002));
  expect(state.asked).toBeLessThan(60);
});

test('changes beyond the buffer’s limit are fetched later', async () => {
  const { sequencer, state, store } = await room(0);
  await sequencer.open();
  store();
  state.away = true;
  for (let count = 0; count < 2_500; count++) sequencer.accept(store());
  state.away = false;
  await eventually(() => expect(state.delivered).toEqual(upTo(1, 2_501)));
});

test('a closed sequencer delivers nothing', async () => {
  const { sequencer, state, store } = await room(0);
  await sequencer.open();
  store();
  sequencer.accept(store());
  sequencer.close();
  await sequencer.check();
  expect(state.delivered).toEqual([]);
});

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
test.each(seeds.flatMap((seed) => [false, true].map((inUse) => ({ seed, inUse }))))(
  'changes lost, repeated or swapped in transit are delivered once and in order (seed $seed, in use: $inUse)',
  async ({ seed, inUse }) => {
    const random = seededRandom(seed);
    const { sequencer, state, store } = await room(random.integer(0, 5));
    const inTransit = inUse ? state.stored.slice(-2) : [];
    const begin = await sequencer.open(inUse);
    for (let count = 0; count < 300; count++) {
      const next = store();
      for (let copies = random.pick([0, 1, 1, 1, 2]); copies > 0; copies--)
        inTransit.splice(random.integer(Math.max(0, inTransit.length - 4), inTransit.length), 0, next);
      if (random.next() < 0.3) {
        for (const one of inTransit.splice(0, random.integer(0, inTransit.length))) sequencer.accept(one);
        await undefined;
      }
      state.away = random.next() < 0.1;
    }
    state.away = false;
    for (const one of inTransit) sequencer.accept(one);
    sequencer.accept(store());
    await eventually(() => expect(state.delivered.at(-1)).toBe(state.stored.length));
    const [first = 0] = state.delivered;
    expect(state.delivered).toEqual(upTo(first, state.stored.length));
    if (inUse) expect(first).toBeLessThanOrEqual(begin + 1);
    else expect(first).toBe(begin + 1);
  },
);
