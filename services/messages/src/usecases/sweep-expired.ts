import { AppError } from '@parley/errors';
import { forEachLimit, pause } from '@parley/runtime/async';
import { restMs } from '../domain/sweep-pace.ts';
import { type Aged, agedRanges, pageRoomIds } from '../stores/expiry.ts';
import type { Context } from './context.ts';

/** Rows per submission; small, because many submissions are written and published together. */
const rowsAtOnce = 25;
const submissionsAtOnce = 4;
/** Rooms checked together. While as many have more to expire, the sweep checks no further rooms. */
const roomsAtOnce = 200;

interface Swept {
  rooms: number;
  messages: number;
}

/**
 * Scans all rooms for messages past their retention period and asks each room's writer to expire
 * them. It works in rounds: each submits one bounded range per room, waits for the answers, and
 * pauses. Rooms store up to where they have expired, so the next sweep continues where an
 * interrupted one stopped.
 *
 * Returns undefined if interrupted by `signal`, or by `mayContinue` before a round.
 * @throws AppError, or a driver's error, if the database, the broker or the writer is unavailable
 */
export async function sweepExpired(
  context: Context,
  {
    retentionMs,
    signal,
    mayContinue,
  }: { retentionMs: number; signal: AbortSignal; mayContinue: () => Promise<boolean> },
): Promise<Swept | undefined> {
  const { db, clock, databases } = context;
  const before = new Date(clock() - retentionMs);
  const touched = new Set<string>();
  let messages = 0;
  let unfinished: string[] = [];
  let after: string | undefined;
  for (let isLastPage = false; !isLastPage || unfinished.length > 0; ) {
    if (signal.aborted || !(await mayContinue())) return undefined;
    const startedAt = performance.now();
    if (!isLastPage && unfinished.length < roomsAtOnce) {
      const page = await pageRoomIds(db, after, roomsAtOnce);
      isLastPage = page.length < roomsAtOnce;
      after = page.at(-1) ?? after;
      unfinished = unfinished.concat(databases.ownOf(context, page));
    }
    const ranges = await agedRanges(db, unfinished, before, rowsAtOnce);
    const refused = new Set<string>();
    messages += await expire(context, ranges, refused);
    for (const { roomId } of ranges) touched.add(roomId);
    unfinished = ranges.flatMap(({ roomId, rows }) =>
      rows === rowsAtOnce && !refused.has(roomId) ? [roomId] : [],
    );
    const waitMs = restMs(performance.now() - startedAt, ranges.length > 0);
    await pause(waitMs, { signal, ref: false });
  }
  return { rooms: touched.size, messages };
}

/**
 * Returns how many messages expired. If a room's writer fails (and logs why), the next sweep
 * retries the room.
 */
async function expire(
  { submitter }: Context,
  ranges: readonly Aged[],
  refused: Set<string>,
): Promise<number> {
  let expired = 0;
  await forEachLimit(ranges, submissionsAtOnce, async ({ roomId, after, upTo }) => {
    try {
      const by = { userId: roomId, username: '' };
      const answer = await submitter.submit({ op: 'expire', roomId, by, after, upTo });
      if (answer.op === 'expire') expired += answer.expired;
    } catch (error) {
      if (AppError.from(error).code !== 'server_error') throw error;
      refused.add(roomId);
    }
  });
  return expired;
}
