import type { Queryable } from '@parley/database';
import type { ActiveReaction } from '../domain/reaction-counts.ts';

interface StoredReaction {
  reaction: string;
  active: boolean;
  submissionId: string;
}

// Users' reactions to messages. A withdrawn reaction keeps its row to recognise a duplicate. Rows
// of earlier releases may contain other forms of the same emoji.

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
    active: boolean;
    submissionId: string;
    at: Date;
  },
): Promise<void> {
  await trx('reactions').insert({
    room_id: entry.roomId,
    message_id: entry.messageId,
    user_id: entry.userId,
    reaction: entry.reaction,
    active: entry.active,
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
