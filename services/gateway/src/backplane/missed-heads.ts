import type { BackplaneMessage, Head } from './backplane.ts';

/** What the others do not know of a room. */
interface Missed {
  key: string;
  head: Head;
}

const most = 10_000;

/** How far the rooms have come whose changes could not be sent. Bounded: beyond that, a room's next change shows the hole. */
export class MissedHeads {
  readonly #heads = new Map<string, Missed>();

  /** Messages that are no changes may be missed. */
  note(key: string, message: BackplaneMessage): void {
    if ('head' in message) this.#note(key, message.head);
    if (!('changes' in message)) return;
    for (const change of message.changes) {
      if ('seq' in change) this.#note(key, { roomId: change.roomId, from: change.seq, seq: change.seq });
    }
  }

  /** Answers and forgets all. */
  take(): Missed[] {
    const all = [...this.#heads.values()];
    this.#heads.clear();
    return all;
  }

  #note(key: string, head: Head): void {
    const id = `${key} ${head.roomId}`;
    const known = this.#heads.get(id);
    if (known) known.head.seq = Math.max(known.head.seq, head.seq);
    else if (this.#heads.size < most) this.#heads.set(id, { key, head: { ...head } });
  }
}
