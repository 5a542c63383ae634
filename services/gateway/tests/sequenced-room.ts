import { answer, MemoryBus } from '@parley/bus';
import { calls, type Message, type NumberedChange } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, newId } from '@parley/runtime';
import { headQuestions } from '../src/delivery/head-questions.ts';
import { RoomSequencer } from '../src/delivery/room-sequencer.ts';

const logger = createLogger({ service: 'gateway', level: 'silent' });
const roomId = newId();
export const change = (seq: number): NumberedChange => ({
  kind: 'message.created',
  roomId,
  seq,
  message: { id: `${seq}` } as Message,
});

/** A room sequencer over a messages service that holds `stored`. */
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
  const sequencer = new RoomSequencer(
    { bus, heads: headQuestions(bus), logger, metrics },
    roomId,
    ({ seq }) => {
      if (seq === state.undeliverable) throw new Error('cannot be encoded');
      state.delivered.push(seq);
    },
  );
  const store = () => {
    const next = change(state.stored.length + 1);
    state.stored.push(next);
    return next;
  };
  return { sequencer, state, store };
}

export const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
