import type { ChangeOf } from '@parley/contracts';

export type Receipt = ChangeOf<'read.advanced' | 'delivery.advanced'>;

const windowMs = 1_000;

interface Window {
  /** Reader and kind → the receipt that waits; undefined when one has been delivered already. */
  waiting: Map<string, Receipt | undefined>;
  timer: NodeJS.Timeout;
}

/**
 * Delivers at most one receipt of a kind per reader, room and second: the first one at once, and
 * the last of the others at the end of the second. Nothing is lost, because a position includes the
 * earlier ones.
 */
export class Receipts {
  readonly #deliver: (key: string, receipt: Receipt) => void;
  /** Key and room → its current second, while there are receipts. */
  readonly #windows = new Map<string, Window>();

  constructor(deliver: (key: string, receipt: Receipt) => void) {
    this.#deliver = deliver;
  }

  accept(key: string, receipt: Receipt): void {
    const { waiting } = this.#windows.get(idOf(key, receipt.roomId)) ?? this.#begin(key, receipt.roomId);
    const reader = `${receipt.by.userId} ${receipt.kind}`;
    if (waiting.has(reader)) waiting.set(reader, later(waiting.get(reader), receipt));
    else {
      waiting.set(reader, undefined);
      this.#deliver(key, receipt);
    }
  }

  /** Drops what waits of a user who has left the room. */
  left(key: string, roomId: string, userId: string): void {
    const waiting = this.#windows.get(idOf(key, roomId))?.waiting;
    for (const kind of ['read.advanced', 'delivery.advanced'] satisfies Receipt['kind'][])
      waiting?.delete(`${userId} ${kind}`);
  }

  stop(): void {
    for (const { timer } of this.#windows.values()) clearInterval(timer);
    this.#windows.clear();
  }

  #begin(key: string, roomId: string): Window {
    const window = {
      waiting: new Map(),
      timer: setInterval(() => this.#end(key, roomId), windowMs).unref(),
    };
    this.#windows.set(idOf(key, roomId), window);
    return window;
  }

  /** Receipts that are delivered now count for the next second. */
  #end(key: string, roomId: string): void {
    const window = this.#windows.get(idOf(key, roomId));
    if (!window) return;
    const { waiting, timer } = window;
    window.waiting = new Map();
    for (const [reader, receipt] of waiting) {
      if (!receipt) continue;
      window.waiting.set(reader, undefined);
      this.#deliver(key, receipt);
    }
    if (window.waiting.size > 0) return;
    clearInterval(timer);
    this.#windows.delete(idOf(key, roomId));
  }
}

const idOf = (key: string, roomId: string): string => `${key} ${roomId}`;

/** The further of two positions, with the last message that either of them names. */
function later(waiting: Receipt | undefined, receipt: Receipt): Receipt {
  if (waiting === undefined) return receipt;
  const [earlier, further] =
    waiting.position.seq > receipt.position.seq ? [receipt, waiting] : [waiting, receipt];
  return further.messageId === null ? { ...further, messageId: earlier.messageId } : further;
}
