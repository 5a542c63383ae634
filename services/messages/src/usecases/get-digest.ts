import { type Caller, type DigestQuery, digestRange, type RoomDigest } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { limitTime, readDigest } from '../stores/digests.ts';
import { findHead } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { requireReader } from './room-access.ts';

/** As on a replica. A longer range scan means that the database is overloaded. */
const timeoutMs = 2_000;

/** Covers the rows that `getHistory` returns, so a client can check its copy of them. */
export async function getDigest(
  context: Context,
  caller: Caller,
  roomId: string,
  query: DigestQuery,
): Promise<RoomDigest> {
  await requireReader(context, caller, roomId);
  const read = (from: Queryable) => readDigest(from, roomId, digestRange(query), query.threads === true);
  return context.replica.read({
    position: async (from) => new Map([[roomId, [await findHead(from, roomId)]]]),
    read,
    otherwise: () =>
      context.db.transaction(async (trx) => {
        await limitTime(trx, timeoutMs);
        return read(trx);
      }),
  });
}
