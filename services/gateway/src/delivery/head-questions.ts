import { setImmediate } from 'node:timers/promises';
import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';

/** The limit of the call's contract. */
const maxRooms = 500;

interface Question {
  roomIds: string[];
  heads: Promise<ReadonlyMap<string, number>>;
}

/** Asks the messages service for the last numbers of rooms. One call covers those of one tick. */
export class HeadQuestions {
  readonly #bus: Bus;
  #next: Question | undefined;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * The room's last number; 0 before its first change.
   * @throws AppError `timeout`, `unavailable`
   */
  async ask(roomId: string): Promise<number> {
    const question = this.#next ?? this.#begin();
    question.roomIds.push(roomId);
    if (question.roomIds.length === maxRooms) this.#next = undefined;
    return (await question.heads).get(roomId) ?? 0;
  }

  #begin(): Question {
    const roomIds: string[] = [];
    const askAll = async () => {
      await setImmediate();
      if (this.#next?.roomIds === roomIds) this.#next = undefined;
      const { heads } = await ask(this.#bus, calls.getHeads, { roomIds });
      return new Map(heads.map(({ roomId, seq }) => [roomId, seq]));
    };
    this.#next = { roomIds, heads: askAll() };
    return this.#next;
  }
}
