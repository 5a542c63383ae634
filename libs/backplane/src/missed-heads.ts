import type { Head } from '@parley/contracts';
import type { BackplaneMessage } from './backplane.ts';

/** The changes of one room that gateways missed. */
export interface Missed {
  key: string;
  head: Head;
}

const maxRooms = 10_000;

/**
 * Remembers the heads of rooms whose changes could not be published. Bounded: beyond the limit, a
 * gateway detects the gap at the room's next change.
 */
export class MissedHeads {
  readonly #heads = new Map<string, Missed>();

  /** Ignores events, which may be lost. */
  note(key: string, message: BackplaneMessage): void {
    if ('head' in message) this.#note(key, message.head);
    if (!('changes' in message)) return;
    for (const change of message.changes) {
      if ('seq' in change) this.#note(key, { roomId: change.roomId, from: change.seq, seq: change.seq });
    }
  }

  /** Returns all missed heads and forgets them. */
  take(): Missed[] {
    const all = [...this.#heads.values()];
    this.#heads.clear();
    return all;
  }

  #note(key: string, head: Head): void {
    const id = `${key} ${head.roomId}`;
    const known = this.#heads.get(id);
    if (known) known.head.seq = Math.max(known.head.seq, head.seq);
    else if (this.#heads.size < maxRooms) this.#heads.set(id, { key, head: { ...head } });
  }
}
