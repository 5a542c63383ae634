import type { Queryable, Transaction } from '@parley/database';
import type { ActiveReaction } from '../domain/reaction-counts.ts';
import type { NewReaction, ReactionKey, StoredReaction } from '../domain/user-reaction.ts';

// Users' reactions to messages. A withdrawn reaction has no row; earlier releases kept inactive
// ones, and may have stored other forms of the same emoji. The submissions of a withdrawn reaction
// are remembered for a while, because one that is delivered again must not bring it back.

type Owner = Pick<ReactionKey, 'roomId' | 'messageId' | 'userId'>;

/** All reactions of these users to these messages, in each of their forms. */
export async function reactionsOf(trx: Transaction, owners: readonly Owner[]): Promise<StoredReaction[]> {
  const { rows } = await trx.raw<{ rows: StoredReaction[] }>(
    `select r.room_id as "roomId", r.message_id as "messageId", r.user_id as "userId", r.reaction, r.active,
            r.submission_id as "submissionId"
       from (select distinct * from unnest(:rooms::uuid[], :messages::uuid[], :users::uuid[]))
              as o (room_id, message_id, user_id)
       join reactions r on r.room_id = o.room_id and r.message_id = o.message_id and r.user_id = o.user_id`,
    columnsOf(owners),
  );
  return rows;
}

/** Message → its active reactions, in the order in which they were set. */
export async function activeReactions(
  trx: Transaction,
  messages: readonly { roomId: string; messageId: string }[],
): Promise<Map<string, ActiveReaction[]>> {
  const { rows } = await trx.raw<{ rows: (ActiveReaction & { messageId: string })[] }>(
    `select r.message_id as "messageId", r.user_id as "userId", r.reaction
       from (select distinct * from unnest(:rooms::uuid[], :messages::uuid[])) as m (room_id, id)
       join reactions r on r.room_id = m.room_id and r.message_id = m.id and r.active
      order by r.reacted_at, r.user_id`,
    {
      rooms: messages.map(({ roomId }) => roomId),
      messages: messages.map(({ messageId }) => messageId),
    },
  );
  const found = new Map<string, ActiveReaction[]>();
  for (const { messageId, ...reaction } of rows) {
    const known = found.get(messageId);
    if (known) known.push(reaction);
    else found.set(messageId, [reaction]);
  }
  return found;
}

export async function deleteReactions(trx: Transaction, keys: readonly ReactionKey[]): Promise<void> {
  await trx.raw(
    `delete from reactions r
      using unnest(:rooms::uuid[], :messages::uuid[], :users::uuid[], :reactions::text[])
              as gone (room_id, message_id, user_id, reaction)
      where r.room_id = gone.room_id and r.message_id = gone.message_id and r.user_id = gone.user_id
        and r.reaction = gone.reaction`,
    { ...columnsOf(keys), reactions: keys.map(({ reaction }) => reaction) },
  );
}

export async function insertReactions(trx: Transaction, added: readonly NewReaction[]): Promise<void> {
  await trx('reactions').insert(
    added.map((entry) => ({
      room_id: entry.roomId,
      message_id: entry.messageId,
      user_id: entry.userId,
      reaction: entry.reaction,
      active: true,
      submission_id: entry.submissionId,
      reacted_at: entry.at,
    })),
  );
}

/** Deletes all reactions to these messages of a room, which are deleted themselves. */
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

/** The same for messages of several rooms. */
export async function deleteAllReactions(
  trx: Transaction,
  messages: readonly { roomId: string; id: string }[],
): Promise<void> {
  await trx.raw(
    `delete from reactions r using unnest(:rooms::uuid[], :ids::uuid[]) as m (room_id, id)
      where r.room_id = m.room_id and r.message_id = m.id`,
    { rooms: messages.map(({ roomId }) => roomId), ids: messages.map(({ id }) => id) },
  );
}

/** Remembers the submissions that set and withdrew reactions. */
export async function recordWithdrawals(
  trx: Transaction,
  submissionIds: readonly string[],
  at: Date,
): Promise<void> {
  await trx('withdrawn_reactions')
    .insert([...new Set(submissionIds)].map((id) => ({ submission_id: id, withdrawn_at: at })))
    .onConflict('submission_id')
    .ignore();
}

/** Those of these submissions that set or withdrew a reaction that is withdrawn. */
export async function findWithdrawn(
  trx: Transaction,
  submissionIds: readonly string[],
): Promise<Set<string>> {
  const found: string[] = await trx('withdrawn_reactions')
    .whereRaw('submission_id = any(:submissionIds)', { submissionIds })
    .pluck('submission_id');
  return new Set(found);
}

const columnsOf = (owners: readonly Owner[]) => ({
  rooms: owners.map(({ roomId }) => roomId),
  messages: owners.map(({ messageId }) => messageId),
  users: owners.map(({ userId }) => userId),
});
