import type { Queryable } from '@parley/database';
import type { ActiveReaction } from '../domain/reaction-counts.ts';

interface StoredReaction {
  active: boolean;
  submissionId: string;
}

// Users' reactions to messages. A withdrawn reaction keeps its row to recognise a duplicate.

export async function findReaction(
  trx: Queryable,
  roomId: string,
  messageId: string,
  userId: string,
  reaction: string,
): Promise<StoredReaction | undefined> {
  const row = await trx('reactions')
    .where({ room_id: roomId, message_id: messageId, user_id: userId, reaction })
    .first();
  return row && { active: row.active, submissionId: row.submission_id };
}

export async function saveReaction(
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
  await trx('reactions')
    .insert({
      room_id: entry.roomId,
      message_id: entry.messageId,
      user_id: entry.userId,
      reaction: entry.reaction,
      active: entry.active,
      submission_id: entry.submissionId,
      reacted_at: entry.at,
    })
    .onConflict(['room_id', 'message_id', 'user_id', 'reaction'])
    .merge();
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
