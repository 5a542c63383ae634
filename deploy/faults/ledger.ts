/** A message that a player tries to send. */
export interface Sending {
  roomId: string;
  sender: string;
  clientId: string;
  /**
   * Every content ever requested: the first, then edits. Usually the last acknowledged one is
   * stored.
   */
  contents: string[];
  acknowledged: { id: string; seq: number } | undefined;
  /** A repeated send got another answer than the first. */
  contradicted: boolean;
  /** The code of a refusal that is not retryable. */
  refused: string | undefined;
  /** The content that must be stored; undefined while an edit has no answer. */
  settled: string | undefined;
}

/**
 * Everything the cast requested and the answers it got: the truth that the system is checked
 * against.
 */
export class Ledger {
  readonly sendings = new Map<string, Sending>();
  /** `user room` → the highest acknowledged read position. */
  readonly reads = new Map<string, number>();
  acknowledged = 0;
  /** The longest time without any acknowledgement. */
  maxSilenceMs = 0;
  #lastAt = performance.now();

  begin(sender: string, roomId: string, content: string, clientId: string): Sending {
    const sending = {
      roomId,
      sender,
      clientId,
      contents: [content],
      acknowledged: undefined,
      contradicted: false,
      refused: undefined,
      settled: content,
    };
    this.sendings.set(clientId, sending);
    return sending;
  }

  acknowledge(sending: Sending, { id, seq }: { id: string; seq: number }): void {
    if (sending.acknowledged)
      sending.contradicted ||= sending.acknowledged.id !== id || sending.acknowledged.seq !== seq;
    else this.#count();
    sending.acknowledged ??= { id, seq };
  }

  #count(): void {
    const now = performance.now();
    this.maxSilenceMs = Math.max(this.maxSilenceMs, now - this.#lastAt);
    this.#lastAt = now;
    this.acknowledged++;
  }

  read(userId: string, roomId: string, seq: number): void {
    const key = `${userId} ${roomId}`;
    this.reads.set(key, Math.max(this.reads.get(key) ?? 0, seq));
  }

  get unanswered(): number {
    let count = 0;
    for (const { acknowledged, refused } of this.sendings.values())
      if (!acknowledged && refused === undefined) count++;
    return count;
  }
}
