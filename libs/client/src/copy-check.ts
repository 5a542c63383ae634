import { pause } from '@parley/runtime/async';
import type { RoomDigest } from './answers.ts';
import type { Api } from './api.ts';
import type { Message } from './contract.ts';

// Pages load this file when they first need it; see `build-client.mjs`. It must not share code with
// the rest of the client except for what is small enough to exist twice.

/** The numbers of a message that its digest contains. */
export type MessageNumbers = Pick<Message, 'seq' | 'changedSeq'>;

export interface SeqRange {
  from: number;
  /** Belongs to the range. */
  to: number;
}

/** A program's copy of a consecutive part of a room's messages. It may change during the check. */
export interface MessageCopy {
  /** The copy should have all messages of this range; `null`: it is not needed any more. */
  range(): SeqRange | null;
  /** Its messages, in any order. */
  messages(): readonly MessageNumbers[];
  /** It has applied all changes up to this number, such as `session.seq(roomId)`. */
  at(): number;
  /**
   * Adds messages or replaces those with the same `seq`, whatever their `changedSeq`, and removes
   * messages that the room does not have.
   */
  repair(put: Message[], removed: readonly number[]): void;
}

/** With `threads`: without replies that are only in their thread. */
interface CheckedRoom {
  roomId: string;
  threads?: true;
}

const maxRange = 10_000;
const pageSize = 200;
/** A digest of another moment than the copy says nothing: asks again, so many times. */
const maxTries = 4;
const tryAgainAfterMs = 250;

async function digestOf(numbers: readonly MessageNumbers[]): Promise<string> {
  const lines = numbers.map(({ seq, changedSeq }) => `${seq}:${changedSeq}\n`).join('');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The copy is not needed any more, or there were too many requests. */
class Ended extends Error {}

/** One check of a copy; see `verifyCopy`. */
export class CopyCheck {
  readonly #api: Pick<Api, 'getDigest' | 'getHistory'>;
  readonly #room: CheckedRoom;
  readonly #copy: MessageCopy;
  readonly #maxRequests: number;
  requests = 0;
  repaired = 0;

  constructor(api: Pick<Api, 'getDigest' | 'getHistory'>, room: CheckedRoom, copy: MessageCopy, max: number) {
    this.#api = api;
    this.#room = room;
    this.#copy = copy;
    this.#maxRequests = max;
  }

  async run(): Promise<boolean> {
    try {
      while (!(await this.#pass()));
      return true;
    } catch (error) {
      if (error instanceof Ended) return false;
      throw error;
    }
  }

  /** Checks everything. Resolves with whether nothing had to be repaired. */
  async #pass(): Promise<boolean> {
    const whole = this.#copy.range();
    if (!whole) throw new Ended();
    let isCorrect = true;
    for (let { from } = whole; from <= whole.to; from += maxRange) {
      const range = { from, to: Math.min(from + maxRange - 1, whole.to) };
      const { isEqual, count } = await this.#compare(range);
      if (!isEqual) await this.#repair(range, count);
      isCorrect &&= isEqual;
    }
    return isCorrect;
  }

  /** @param count of the room's messages in the range, which differs from the copy */
  async #repair({ from, to }: SeqRange, count: number): Promise<void> {
    if (count <= pageSize || from === to) return this.#load({ from, to });
    const middle = Math.floor((from + to) / 2);
    const [first, second] = [
      { from, to: middle },
      { from: middle + 1, to },
    ];
    const compared = await this.#compare(first);
    // Then the second half differs.
    if (compared.isEqual) return this.#repair(second, count - compared.count);
    await this.#repair(first, compared.count);
    const other = await this.#compare(second);
    if (!other.isEqual) await this.#repair(second, other.count);
  }

  async #compare(range: SeqRange): Promise<{ isEqual: boolean; count: number }> {
    for (let tries = 1; ; tries++) {
      const asked = this.#within(range);
      if (!asked) return { isEqual: true, count: 0 };
      this.#count();
      const answer = await this.#api.getDigest({ ...this.#room, ...asked });
      const numbers = this.#numbers(asked);
      const now = this.#within(range);
      const isComparable =
        now?.from === asked.from && now.to === asked.to && this.#isSameMoment(answer, numbers);
      const isEqual = (await digestOf(numbers)) === answer.digest;
      if (isEqual || isComparable || tries >= maxTries) return { isEqual, count: answer.count };
      await pause(tryAgainAfterMs);
    }
  }

  /** Whether nothing in the range has changed between the moments of the answer and of the copy. */
  #isSameMoment({ at, changedSeq }: RoomDigest, numbers: readonly MessageNumbers[]): boolean {
    const own = this.#copy.at();
    const changedSince = numbers.some((each) => each.changedSeq > at && each.changedSeq <= own);
    return changedSeq <= own && !changedSince;
  }

  async #load(range: SeqRange): Promise<void> {
    for (let { from } = range; from <= range.to; ) {
      const { to } = range;
      const before = this.#copy.at();
      this.#count();
      const { messages, pagination } = await this.#api.getHistory({
        ...this.#room,
        after_seq: from - 1,
        limit: pageSize,
      });
      const last = pagination.hasMore ? Math.min(pagination.after_seq ?? to, to) : to;
      this.#replace({ from, to: last }, messages, before);
      from = last + 1;
    }
  }

  /** @param before everything later may have changed after the page was read */
  #replace(loaded: SeqRange, messages: readonly Message[], before: number): void {
    const range = this.#within(loaded);
    if (!range) return;
    const now = this.#copy.at();
    const own = new Map(this.#numbers(range).map(({ seq, changedSeq }) => [seq, changedSeq]));
    const present = messages.filter(({ seq }) => seq >= range.from && seq <= range.to);
    const isNewer = ({ seq, changedSeq }: Message) => {
      const mine = own.get(seq) ?? 0;
      return mine > changedSeq && mine > before && mine <= now;
    };
    const put = present.filter((each) => own.get(each.seq) !== each.changedSeq && !isNewer(each));
    for (const { seq } of present) own.delete(seq);
    const removed = [...own.keys()];
    this.repaired += put.length + removed.length;
    if (put.length + removed.length > 0) this.#copy.repair(put, removed);
  }

  /** The part of the range that the copy has now. */
  #within({ from, to }: SeqRange): SeqRange | undefined {
    const present = this.#copy.range();
    if (!present) throw new Ended();
    const range = { from: Math.max(from, present.from), to: Math.min(to, present.to) };
    return range.from <= range.to ? range : undefined;
  }

  #numbers({ from, to }: SeqRange): MessageNumbers[] {
    const numbers = this.#copy.messages().filter(({ seq }) => seq >= from && seq <= to);
    return numbers.sort((a, b) => a.seq - b.seq);
  }

  #count(): void {
    if (this.requests >= this.#maxRequests) throw new Ended();
    this.requests += 1;
  }
}
