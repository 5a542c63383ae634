import { connectDatabase } from '@parley/database';
import type { Cast } from '../cast.ts';
import type { StoredReply, ThreadAnswer } from '../thread-verdict.ts';

/** Every reply in a thread of the rooms, read from the tables. */
export async function readReplies(databaseUrl: string, rooms: readonly string[]): Promise<StoredReply[]> {
  const db = connectDatabase({ url: databaseUrl, schema: 'messages' });
  try {
    const rows = await db('timeline as t')
      .join('timeline as root', (on) =>
        on.on('root.room_id', 't.room_id').andOn('root.seq', 't.thread_root_seq'),
      )
      .whereRaw('t.room_id = any(:rooms::uuid[])', { rooms })
      .select('t.room_id', 't.seq', 't.sender_id', 't.content', 't.thread_root_seq')
      .select('root.sender_id as root_sender', 'root.content as root_content');
    return rows.map((row) => ({
      roomId: row.room_id,
      seq: row.seq,
      userId: row.sender_id,
      rootSeq: row.thread_root_seq,
      content: row.content,
      rootUserId: row.root_sender,
      rootContent: row.root_content,
    }));
  } finally {
    await db.destroy();
  }
}

interface Page {
  threads: { unread: number }[];
  pagination: { before_seq: number | null };
}

/** The API's counts of unread replies, and the sums of its lists of threads. */
export async function readThreads({ players }: Cast): Promise<ThreadAnswer[]> {
  const answers = await Promise.all(
    players.map(async ({ person, kind, rooms }) => {
      const { rooms: counts } = (await person.must('GET', '/api/v1/threads/unread')) as {
        rooms: { roomId: string; unread: number }[];
      };
      const byRoom = new Map(counts.map(({ roomId, unread }) => [roomId, unread]));
      return Promise.all(
        rooms.map(async (roomId): Promise<ThreadAnswer> => {
          let listed = 0;
          for (let before: number | null | undefined; before !== null; ) {
            const cursor = before === undefined ? '' : `&before_seq=${before}`;
            const path = `/api/v1/rooms/${roomId}/threads?filter=unread&limit=50${cursor}`;
            const { threads, pagination } = (await person.must('GET', path)) as Page;
            for (const { unread } of threads) listed += unread;
            before = pagination.before_seq;
          }
          const { userId, username } = person;
          return { userId, username, kind, roomId, unread: byRoom.get(roomId) ?? 0, listed };
        }),
      );
    }),
  );
  return answers.flat();
}
