import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import type { Submitter } from '@parley/timeline';
import { restMs } from '../domain/sweep-pace.ts';
import type { Aged, ExpiryStore } from '../stores/expiry-store.ts';

interface Deps {
  db: Database;
  expiry: ExpiryStore;
  submitter: Pick<Submitter, 'submit'>;
  clock: Clock;
  retentionMs: number;
}

/** Rows that one submission takes: many of them may be written, and told, together. */
const rowsAtOnce = 25;
const submissionsAtOnce = 4;
/** Rooms that are looked at together; while as many have more to expire, no others are looked at. */
const roomsAtOnce = 200;

export interface Swept {
  rooms: number;
  messages: number;
}

/**
 * Looks through all rooms for messages older than they may become, and has each room's writer take their words. In rounds: one bounded stretch of each room that
 * has some, answered before the next; and after each round a rest. What has expired is remembered with its room, so a sweep that was cut off has lost nothing:
 * the next one passes over what is done.
 */
export class SweepExpired {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Answers undefined when it was cut off, by `signal` or because `mayGoOn` says no before a round.
   * @throws AppError, or a driver's error, where the database, the broker or the writer is away
   */
  async run(signal: AbortSignal, mayGoOn: () => Promise<boolean>): Promise<Swept | undefined> {
    const { db, expiry, clock, retentionMs } = this.#deps;
    const before = new Date(clock() - retentionMs);
    const touched = new Set<string>();
    let messages = 0;
    let unfinished: string[] = [];
    let after: string | undefined;
    for (let isLastPage = false; !isLastPage || unfinished.length > 0; ) {
      if (signal.aborted || !(await mayGoOn())) return undefined;
      const startedAt = performance.now();
      if (!isLastPage && unfinished.length < roomsAtOnce) {
        const page = await expiry.roomIds(db, after, roomsAtOnce);
        isLastPage = page.length < roomsAtOnce;
        after = page.at(-1) ?? after;
        unfinished = unfinished.concat(page);
      }
      const ranges = await expiry.aged(db, unfinished, before, rowsAtOnce);
      const refused = new Set<string>();
      messages += await this.#expire(ranges, refused);
      for (const { roomId } of ranges) touched.add(roomId);
      unfinished = ranges.flatMap(({ roomId, rows }) =>
        rows === rowsAtOnce && !refused.has(roomId) ? [roomId] : [],
      );
      await rest(restMs(performance.now() - startedAt, ranges.length > 0), signal);
    }
    return { rooms: touched.size, messages };
  }

  /** Answers how many messages have expired. A room whose writer cannot do it, and has told the log why, is left to the next sweep. */
  async #expire(ranges: readonly Aged[], refused: Set<string>): Promise<number> {
    const left = [...ranges];
    let expired = 0;
    const next = async (): Promise<void> => {
      for (let range = left.pop(); range; range = left.pop()) {
        const { roomId, after, upTo } = range;
        try {
          const by = { userId: roomId, username: '' };
          const answer = await this.#deps.submitter.submit({ op: 'expire', roomId, by, after, upTo });
          if (answer.op === 'expire') expired += answer.expired;
        } catch (error) {
          if (AppError.from(error).code === 'server_error') refused.add(roomId);
          else {
            left.length = 0;
            throw error;
          }
        }
      }
    };
    await Promise.all(Array.from({ length: submissionsAtOnce }, next));
    return expired;
  }
}

const rest = (ms: number, signal: AbortSignal) =>
  delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
