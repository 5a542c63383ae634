/** A message that somebody set out to send. */
export interface Sending {
  roomId: string;
  sender: string;
  clientId: string;
  /** Every content that was ever asked for: the first, then edits. The last one that was acknowledged, unless later ones were tried. */
  contents: string[];
  acknowledged: { id: string; seq: number } | undefined;
  /** Another answer to a repetition than to the first. */
  contradicted: boolean;
  /** A refusal that cannot be mended by trying again. */
  refused: string | undefined;
  /** What the message must say: undefined while an edit was tried and not answered. */
  settled: string | undefined;
}

/** What the cast asked for, and what it was answered: the truth that the system is held to. */
export class Ledger {
  readonly sendings = new Map<string, Sending>();
  /** `user room` → the furthest read position that was acknowledged. */
  readonly reads = new Map<string, number>();
  acknowledged = 0;
  /** The longest time in which nothing at all was acknowledged. */
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
