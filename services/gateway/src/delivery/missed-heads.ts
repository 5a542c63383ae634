import type { Change } from '@parley/contracts';
import type { Head } from './fleet.ts';

/** What the others do not know of a room. */
interface Missed {
  key: string;
  head: Head;
}

const most = 10_000;

/** How far the rooms have come whose changes could not be sent. Bounded: beyond that, a room's next change shows the hole. */
export class MissedHeads {
  readonly #heads = new Map<string, Missed>();

  note(key: string, changes: readonly Change[]): void {
    for (const change of changes) {
      if (!('seq' in change)) continue;
      const id = `${key} ${change.roomId}`;
      const known = this.#heads.get(id);
      if (known) known.head.seq = Math.max(known.head.seq, change.seq);
      else if (this.#heads.size < most) this.#heads.set(id, { key, head: { roomId: change.roomId, from: change.seq, seq: change.seq } });
    }
  }

  /** Answers and forgets all. */
  take(): Missed[] {
    const all = [...this.#heads.values()];
    this.#heads.clear();
    return all;
  }
}
