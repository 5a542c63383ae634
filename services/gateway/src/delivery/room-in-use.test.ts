import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { change, room } from '../../tests/sequenced-room.ts';

test.each(['before', 'after'])(
  'a room in use loses and repeats no change that arrives %s the answer that includes it',
  async (when) => {
    const { sequencer, state, store } = await room(2);
    const next = store();
    const opening = sequencer.open(true);
    if (when === 'after') await opening;
    for (const one of [next, next]) sequencer.accept(one);
    expect(await opening).toBe(3);
    for (const one of [store(), store(), next]) sequencer.accept(one);
    expect(state).toMatchObject({ delivered: [3, 4, 5], asked: 1, gaps: 0 });
  },
);

test('a room in use gets the changes that its head includes when they arrive late, once each', async () => {
  const { sequencer, state, store } = await room(20);
  await sequencer.open(true);
  for (const seq of [19, 20, 19, 20]) sequencer.accept(change(seq));
  for (let count = 0; count < 2; count++) sequencer.accept(store());
  sequencer.accept(change(20));
  expect(state.delivered).toEqual([19, 20, 21, 22]);
});

test('a change to a room in use that is lost around the answer of the head is fetched in order', async () => {
  const { sequencer, state, store } = await room(8);
  const opening = sequencer.open(true);
  sequencer.accept(change(7));
  store();
  sequencer.accept(store());
  expect(await opening).toBe(10);
  await eventually(() => expect(state.delivered).toEqual([7, 8, 9, 10]));
});

test('a change that the head of a room in use includes, and that is lost, is fetched in order', async () => {
  const { sequencer, state, store } = await room(10);
  expect(await sequencer.open(true)).toBe(10);
  sequencer.accept(change(9));
  sequencer.accept(store());
  await eventually(() => expect(state.delivered).toEqual([9, 10, 11]));
});

test.each([
  { announced: 'of the changes in flight', from: 9, delivered: [9, 10, 11] },
  { announced: 'without them', from: 12, delivered: [11] },
])(
  'changes in flight to a room in use arrive in order or never: a head is announced $announced',
  async ({ from, delivered }) => {
    const { sequencer, state, store } = await room(10);
    await sequencer.open(true);
    sequencer.expect(store().seq, from);
    await eventually(() => expect(state.delivered.at(-1)).toBe(11));
    for (const seq of [9, 10, 11]) sequencer.accept(change(seq));
    expect(state.delivered).toEqual(delivered);
  },
);

test('a head that announces nothing new lets the changes in flight to a room in use arrive', async () => {
  const { sequencer, state, store } = await room(10);
  const opening = sequencer.open(true);
  sequencer.expect(10, 11);
  await opening;
  sequencer.expect(10, 11);
  for (const one of [change(9), change(10), store()]) sequencer.accept(one);
  expect(state).toMatchObject({ delivered: [9, 10, 11], gaps: 0 });
});
