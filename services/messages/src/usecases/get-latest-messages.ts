import { toMessage } from '../domain/timeline-row.ts';
import { latestMessages } from '../stores/timeline.ts';
import { addStatus, type MessageWithStatus } from './add-status.ts';
import type { Context } from './context.ts';
import { findStandings } from './room-access.ts';

/**
 * The latest message of each of a user's rooms. Omits empty rooms and rooms of which they are not a
 * member.
 */
export async function getLatestMessages(
  context: Context,
  userId: string,
  roomIds: readonly string[],
): Promise<MessageWithStatus[]> {
  const standings = await findStandings(
    context,
    roomIds.map((roomId) => ({ roomId, userId })),
  );
  const own = standings.flatMap((standing) =>
    standing && !(standing instanceof Error) && standing.member ? [standing.room.id] : [],
  );
  const rows = await latestMessages(context.db, own);
  return addStatus(context, rows.map(toMessage));
}
