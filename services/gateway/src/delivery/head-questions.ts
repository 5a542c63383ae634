import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { Gatherer } from '@parley/runtime';

/** The last number of each room; 0 before its first change. */
export type HeadQuestions = Gatherer<string, number>;

/** The limit of the call's contract. */
const limits = { maxKeys: 500, maxInFlight: 4 };

/** Asks the messages service. Rooms that are opened at the same time share a question. */
export const headQuestions = (bus: Bus): HeadQuestions =>
  new Gatherer(async (roomIds: string[]) => {
    const { heads } = await ask(bus, calls.getHeads, { roomIds });
    const seqs = new Map(heads.map(({ roomId, seq }) => [roomId, seq]));
    return new Map(roomIds.map((roomId) => [roomId, seqs.get(roomId) ?? 0]));
  }, limits);
