import type { Queryable } from '@parley/database';
import type { ActiveReaction } from '../domain/reaction-counts.ts';

export interface StoredReaction {
  reaction: string;
  active: boolean;
  submissionId: string;
}

// Users' reactions to messages. A withdrawn reaction has no row; earlier releases kept inactive
// ones, and may have stored other forms of the same emoji. The submissions of a withdrawn reaction
// are remembered for a while, because one that is delivered again must not bring it back.

export async function reactionsOf(
  trx: Queryable,
  roomId: string,
  messageId: string,
  userId: string,
): Promise<StoredReaction[]> {
  const rows: { reaction: string; active: boolean; submission_id: string }[] = await trx('reactions')
    .where({ room_id: roomId, message_id: messageId, user_id: userId })
    .select('reaction', 'active', 'submission_id');
  return rows.map((row) => ({
    reaction: row.reaction,
    active: row.active,
    submissionId: row.submission_id,
  }));
}

export async function deleteReactions(
  trx: Queryable,
  of: { roomId: string; messageId: string; userId: string; reactions: readonly string[] },
): Promise<void> {
  await trx('reactions')
    .where({ room_id: of.roomId, message_id: of.messageId, user_id: of.userId })
    .whereIn('reaction', of.reactions)
    .delete();
}

export async function insertReaction(
  trx: Queryable,
  entry: {
    roomId: string;
    messageId: string;
    userId: string;
    reaction: string;
    submissionId: string;
    at: Date;
  },
): Promise<void> {
  await trx('reactions').insert({
    room_id: entry.roomId,
    message_id: entry.messageId,
    user_id: entry.userId,
    reaction: entry.reaction,
    active: true,
    submission_id: entry.submissionId,
    reacted_at: entry.at,
  });
}

export async function activeReactions(
  trx: Queryable,
  roomId: string,
  messageId: string,
): Promise<ActiveReaction[]> {
  const rows = await trx('reactions')
    .where({ room_id: roomId, message_id: messageId, active: true })
    .orderBy(['reacted_at', 'user_id'])
    .select('user_id', 'reaction');
  return rows.map((row: { user_id: string; reaction: string }) => ({
    userId: row.user_id,
    reaction: row.reaction,
  }));
}

/** Deletes all reactions to these messages, which are deleted themselves. */
export async function deleteReactionsTo(
  trx: Queryable,
  roomId: string,
  messageIds: readonly string[],
): Promise<void> {
  await trx.raw('delete from reactions where room_id = :roomId and message_id = any(:messageIds)', {
    roomId,
    messageIds,
  });
}

/** Remembers the submissions that set and withdrew a reaction. */
export async function recordWithdrawal(
  trx: Queryable,
  submissionIds: readonly string[],
  at: Date,
): Promise<void> {
  await trx('withdrawn_reactions')
    .insert(submissionIds.map((id) => ({ submission_id: id, withdrawn_at: at })))
    .onConflict('submission_id')
    .ignore();
}

export async function wasWithdrawn(trx: Queryable, submissionId: string): Promise<boolean> {
  const row = await trx('withdrawn_reactions').where({ submission_id: submissionId }).first('submission_id');
  return row !== undefined;
}

/**
 * Forgets at most `limit` withdrawals from before that time, and as many inactive reactions of
 * earlier releases. Returns whether there may be more. Replicas may call it concurrently.
 */
export async function forgetWithdrawals(db: Queryable, before: Date, limit: number): Promise<boolean> {
  const counts = [
    await deleteSome(db, 'withdrawn_reactions', 'withdrawn_at < :before', { before, limit }),
    await deleteSome(db, 'reactions', 'not active and reacted_at < :before', { before, limit }),
  ];
  return counts.includes(limit);
}

async function deleteSome(
  db: Queryable,
  table: string,
  where: string,
  values: { before: Date; limit: number },
): Promise<number> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `delete from ${table} where ctid = any(array(
       select ctid from ${table} where ${where} limit :limit for update skip locked))`,
    values,
  );
  return rowCount;
}
