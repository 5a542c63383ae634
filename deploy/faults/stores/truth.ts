import { connectDatabase } from '@parley/database';
import type { Cast } from '../cast.ts';
import type { StoredMessage, UnreadAnswer } from '../verdict.ts';

/** Every message of the rooms, in order, read from the tables. */
export async function readHistories(
  databaseUrl: string,
  rooms: readonly string[],
): Promise<Map<string, StoredMessage[]>> {
  const db = connectDatabase({ url: databaseUrl, schema: 'messages' });
  try {
    const histories = new Map<string, StoredMessage[]>();
    for (const roomId of rooms) {
      const rows = await db('timeline')
        .where({ room_id: roomId, kind: 'message' })
        .orderBy('seq')
        .select('id', 'seq', 'changed_seq', 'sender_id', 'client_key', 'content');
      histories.set(
        roomId,
        rows.map((row) => ({
          id: row.id,
          seq: row.seq,
          changedSeq: row.changed_seq,
          roomId,
          userId: row.sender_id,
          clientId: row.client_key,
          content: row.content,
        })),
      );
    }
    return histories;
  } finally {
    await db.destroy();
  }
}

/** The API's unread counts for every person in each of their rooms. */
export async function readUnread({ players }: Cast): Promise<UnreadAnswer[]> {
  const answers = await Promise.all(
    players.map(async ({ person, kind, rooms }) => {
      const answer = (await person.must('GET', '/api/v1/unread')) as {
        rooms: { roomId: string; unread: number; mentions: number; readSeq: number }[];
      };
      const byRoom = new Map(answer.rooms.map((room) => [room.roomId, room]));
      return Promise.all(
        rooms.map(async (roomId): Promise<UnreadAnswer> => {
          const room = byRoom.get(roomId);
          const who = { userId: person.userId, username: person.username, kind };
          if (room) return { ...who, ...room };
          // The API omits rooms without unread messages; their read position is available
          // separately.
          const { positions } = (await person.must('GET', `/api/v1/rooms/${roomId}/read-positions`)) as {
            positions: { userId: string; seq: number }[];
          };
          const readSeq = positions.find(({ userId }) => userId === person.userId)?.seq ?? 0;
          return { ...who, roomId, unread: 0, mentions: 0, readSeq };
        }),
      );
    }),
  );
  return answers.flat();
}
