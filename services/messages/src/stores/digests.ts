import type { RoomDigest } from '@parley/contracts';
import { prepared, type Queryable, type Transaction } from '@parley/database';
import { inRoom } from './timeline.ts';

/** One statement, so the head and the rows are of one snapshot. */
const digestWhere = (name: string, condition: string) =>
  prepared<Pick<RoomDigest, 'at' | 'count' | 'changedSeq' | 'digest'>>(
    name,
    `select coalesce((select seq from rooms where id = $1), 0) as at, found.*
     from (
       select count(*) as count, coalesce(max(changed_seq), 0) as "changedSeq",
              encode(sha256(convert_to(
                coalesce(string_agg(seq || ':' || changed_seq || E'\\n', '' order by seq), ''), 'UTF8'
              )), 'hex') as digest
         from timeline where room_id = $1 and kind = 'message' and seq >= $2 and seq <= $3
               ${condition}
     ) found`,
  );
const selectDigest = { all: digestWhere('digest', ''), inRoom: digestWhere('digest-in-room', inRoom) };

/**
 * The digest of the room's messages with `from <= seq <= to`: a scan of at most that many rows.
 * @param threadsApart leaves out replies that are only in their thread
 */
export async function readDigest(
  db: Queryable,
  roomId: string,
  range: { from: number; to: number },
  threadsApart: boolean,
): Promise<RoomDigest> {
  const [found] = await selectDigest[threadsApart ? 'inRoom' : 'all'](db, roomId, range.from, range.to);
  if (!found) throw new Error(`room ${roomId} has no digest`);
  return { ...range, ...found };
}

/** Ends the transaction's statements sooner than others, because checks are dispensable. */
export async function limitTime(trx: Transaction, timeoutMs: number): Promise<void> {
  await trx.raw(`set local statement_timeout = ${timeoutMs}`);
}
