import { MemoryBackplane, roomKey } from '@parley/backplane';
import { answer, MemoryBus } from '@parley/bus';
import { type Change, calls, type Message, type NumberedChange } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, newId } from '@parley/runtime';
import type { Connection } from '../src/connections/connection.ts';
import { headQuestions } from '../src/delivery/head-questions.ts';
import { Sequencer } from '../src/delivery/sequencer.ts';
import { SubscriptionTable } from '../src/subscriptions/subscription-table.ts';

const logger = createLogger({ service: 'gateway', level: 'silent' });
const roomId = newId();
const key = roomKey(roomId);
export const change = (seq: number): NumberedChange => ({
  kind: 'message.created',
  roomId,
  seq,
  message: { id: `${seq}` } as Message,
});

/** One room of a sequencer, over a messages service that holds `stored`. */
export async function room(length: number) {
  const stored = Array.from({ length }, (_, index) => change(index + 1));
  const state = {
    stored,
    delivered: [] as number[],
    asked: 0,
    gaps: 0,
    leftOpen: 0,
    away: false,
    undeliverable: 0,
  };
  const bus = new MemoryBus({ logger });
  const question = () => {
    state.asked++;
    if (state.away) throw new AppError('unavailable');
  };
  await answer(bus, calls.getHeads, async () => {
    question();
    return { heads: [{ roomId, seq: state.stored.length }] };
  });
  await answer(bus, calls.getChanges, async ({ afterSeq, limit }) => {
    question();
    const seq = Math.min(state.stored.length, afterSeq + limit);
    return { changes: state.stored.slice(afterSeq, seq), seq };
  });
  const metrics = { gap: () => state.gaps++, repaired: () => undefined, leftOpen: () => state.leftOpen++ };
  const rooms = new SubscriptionTable(new MemoryBackplane());
  const all = new Sequencer({ bus, heads: headQuestions(bus), logger, metrics }, rooms, (_, one: Change) => {
    if (!('seq' in one)) return;
    if (one.seq === state.undeliverable) throw new Error('cannot be encoded');
    state.delivered.push(one.seq);
  });
  await rooms.add({} as Connection, key);
  const sequencer = {
    open: (inUse = false) => all.open(key, roomId, inUse),
    accept: (one: Change) => all.accept(key, [one]),
    expect: (seq: number, from = seq) => all.expect(key, { roomId, from, seq }),
    check: () => all.check([key], roomId),
    close: () => all.close(),
  };
  const store = () => {
    const next = change(state.stored.length + 1);
    state.stored.push(next);
    return next;
  };
  return { sequencer, state, store };
}

export const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
