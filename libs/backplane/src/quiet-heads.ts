import type { Change, QuietHead } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import { chunks } from '@parley/runtime/async';

const quietAfterMs = 2_000;
const checkEveryMs = 250;
/** Beyond the limit, the gateways' head checks find a lost last change. */
const maxRooms = 20_000;
const roomsPerMessage = 500;

interface Recent {
  key: string;
  head: { roomId: string; from: number; seq: number };
  firstAt: number;
  lastAt: number;
}

/**
 * Repeats the heads of rooms that have just fallen quiet, many in one message. A gateway that
 * missed the last change of such a room detects it in two to three seconds.
 */
export class QuietHeads {
  readonly #publish: (heads: QuietHead[]) => Promise<unknown>;
  readonly #clock: Clock;
  /** Ordered by the time of the last change. */
  readonly #recent = new Map<string, Recent>();
  #timer: NodeJS.Timeout | undefined;

  /** @param publish never rejects */
  constructor(publish: (heads: QuietHead[]) => Promise<unknown>, clock: Clock) {
    this.#publish = publish;
    this.#clock = clock;
  }

  /** Changes of one room, published for a key. */
  note(key: string, changes: readonly Change[]): void {
    const numbered = changes.filter((change) => 'seq' in change);
    const [first, last] = [numbered[0], numbered.at(-1)];
    if (!first || !last) return;
    const id = `${key} ${first.roomId}`;
    const known = this.#recent.get(id);
    if (!known && this.#recent.size >= maxRooms) return;
    const now = this.#clock();
    this.#recent.delete(id);
    this.#recent.set(id, {
      key,
      head: { roomId: first.roomId, from: known?.head.from ?? first.seq, seq: last.seq },
      firstAt: known?.firstAt ?? now,
      lastAt: now,
    });
    this.#timer ??= setInterval(() => void this.#repeat(quietAfterMs), checkEveryMs).unref();
  }

  /** Repeats the heads of all rooms at once, because nothing will later. */
  async stop(): Promise<void> {
    await this.#repeat(0);
  }

  async #repeat(quietForMs: number): Promise<void> {
    const now = this.#clock();
    const quiet: QuietHead[] = [];
    for (const [id, { key, head, firstAt, lastAt }] of this.#recent) {
      if (now - lastAt < quietForMs) break;
      this.#recent.delete(id);
      quiet.push({ key, head, ageMs: now - firstAt });
    }
    if (this.#recent.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    await Promise.all(chunks(quiet, roomsPerMessage).map((some) => this.#publish(some)));
  }
}
