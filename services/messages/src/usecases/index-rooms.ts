import { setImmediate as nextTurn } from 'node:timers/promises';
import { termsOf } from '../domain/search/terms.ts';
import {
  addIndexedRooms,
  addTerms,
  type ChangedText,
  type Claim,
  claimRooms,
  type IndexedMessage,
  isInIndex,
  saveProgress,
  saveTerms,
  textsChangedAfter,
} from '../stores/search-index.ts';
import type { Context } from './context.ts';

/** Timeline rows in one transaction. */
const rowsAtOnce = 1_000;
/** The event loop serves others at least this often. */
const turnMs = 2;

interface Indexed {
  messages: number;
  unfinished: string[];
}

/**
 * Brings rooms closer to their heads in the search index, by the changes that it does not contain:
 * at most 1,000 rows together. A room is indexed by one process at a time; others omit it.
 *
 * Messages that have never changed are added without looking whether they are in the index. Only
 * where an index is built again, some are: then all of them are looked for.
 *
 * Returns how many messages it read and the rooms that have more.
 */
export async function indexRooms({ db }: Pick<Context, 'db'>, roomIds: readonly string[]): Promise<Indexed> {
  if (roomIds.length === 0) return { messages: 0, unfinished: [] };
  await addIndexedRooms(db, roomIds);
  try {
    return await indexOnce(db, roomIds, ({ seq, changedSeq }) => seq === changedSeq);
  } catch (error) {
    if (!isInIndex(error)) throw error;
    return indexOnce(db, roomIds, () => false);
  }
}

const indexOnce = (
  db: Context['db'],
  roomIds: readonly string[],
  isNew: (row: ChangedText) => boolean,
): Promise<Indexed> =>
  db.transaction(async (trx) => {
    const claims = shareRows(await claimRooms(trx, roomIds));
    const asked = claims.filter(({ take }) => take > 0);
    const unfinished = claims.filter(({ take }) => take === 0).map(({ roomId }) => roomId);
    if (asked.length === 0) return { messages: 0, unfinished };
    const rows = await textsChangedAfter(trx, asked);
    const messages = rows.filter(({ kind }) => kind === 'message');
    // A new message without terms is not in the index.
    const added = (await toIndexed(messages.filter(isNew))).filter(({ terms }) => terms.size > 0);
    await addTerms(trx, added);
    await saveTerms(trx, await toIndexed(messages.filter((row) => !isNew(row))));
    const progress = progressOf(asked, rows);
    await saveProgress(trx, progress);
    for (const [index, { roomId, head }] of asked.entries())
      if ((progress[index]?.through ?? 0) < head) unfinished.push(roomId);
    return { messages: messages.length, unfinished };
  });

interface Share extends Claim {
  take: number;
}

/** First come, first served: the rooms that do not fit are unfinished. */
function shareRows(claims: readonly Claim[]): Share[] {
  let left = rowsAtOnce;
  return claims.map((claim) => {
    const take = Math.min(claim.head - claim.through, left);
    left -= take;
    return { ...claim, take };
  });
}

/**
 * A room whose rows have all been read is indexed up to its head, because the rows were read after
 * it and writers commit a room's changes in the order of their numbers.
 */
function progressOf(asked: readonly Share[], rows: readonly ChangedText[]) {
  const read = new Map(asked.map(({ roomId }) => [roomId, { count: 0, last: 0 }]));
  for (const { roomId, changedSeq } of rows) {
    const room = read.get(roomId);
    if (room) room.last = Math.max(room.last, changedSeq);
    if (room) room.count += 1;
  }
  return asked.map(({ roomId, head, take }) => {
    const { count = 0, last = 0 } = read.get(roomId) ?? {};
    return { roomId, through: count < take ? Math.max(head, last) : last };
  });
}

const none: ReadonlySet<string> = new Set();

async function toIndexed(rows: readonly ChangedText[]): Promise<IndexedMessage[]> {
  const messages: IndexedMessage[] = [];
  let since = performance.now();
  for (const row of rows) {
    const { roomId, seq, createdAt } = row;
    messages.push({ roomId, seq, createdAt, terms: hasContent(row) ? termsOf(row) : none });
    if (performance.now() - since < turnMs) continue;
    await nextTurn();
    since = performance.now();
  }
  return messages;
}

const hasContent = (row: ChangedText): row is ChangedText & { content: string } => row.content !== null;
