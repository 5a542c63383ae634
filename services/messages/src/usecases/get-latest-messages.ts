import { toMessage } from '../domain/timeline-row.ts';
import { latestMessages } from '../stores/timeline.ts';
import { addStatus, type MessageWithStatus } from './add-status.ts';
import type { CommonContext } from './context.ts';
import { findStandings } from './room-access.ts';

/**
 * The latest message of each of a user's rooms. Omits empty rooms and rooms of which they are not a
 * member.
 */
export async function getLatestMessages(
  context: CommonContext,
  userId: string,
  roomIds: readonly string[],
): Promise<MessageWithStatus[]> {
  const rows = await context.databases.gather(roomIds, async (database, some) => {
    const standings = await findStandings(
      database,
      some.map((roomId) => ({ roomId, userId })),
    );
    const own = standings.flatMap((standing) =>
      standing && !(standing instanceof Error) && standing.member ? [standing.room.id] : [],
    );
    return latestMessages(database.db, own);
  });
  return addStatus(context, rows.map(toMessage));
}
