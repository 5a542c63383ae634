import type { Message, ParleyClient } from '@parley/client';
import { forEachLimit } from './for-each-limit.ts';
import { isInRoom } from './message-changes.ts';

const roomsPerCall = 100;
/** Most rooms have a message among their last changes. The others need a request each. */
const lastChanges = 8;

/** The parameter of requests if the client shows threads apart. */
export const threadsOf = ({ showsThreads }: ParleyClient): { threads?: true } =>
  showsThreads ? { threads: true } : {};

/**
 * The last message of each room; `null`: it has none. Rooms whose request fails are missing.
 * @param rooms with their heads; a `seq` of 0 is an unknown one
 */
export async function lastMessages(
  client: ParleyClient,
  rooms: readonly { roomId: string; seq: number; readSeq: number }[],
): Promise<Map<string, Message | null>> {
  const found = new Map<string, Message | null>();
  const known = rooms.filter(({ seq }) => seq > 0);
  for (let from = 0; from < known.length; from += roomsPerCall) {
    const cursors = known
      .slice(from, from + roomsPerCall)
      .map((room) => ({ ...room, seq: Math.max(room.seq - lastChanges, 0) }));
    const afters = new Map(cursors.map(({ roomId, seq }) => [roomId, seq]));
    const { rooms: synced } = await client.sync(cursors, { limit: 4 * lastChanges });
    for (const { roomId, changes, hasMore } of synced) {
      if (hasMore) continue;
      const after = afters.get(roomId) ?? 0;
      const messages = changes.flatMap((change) =>
        change.kind === 'message' && isInRoom(client, change.message) ? [change.message] : [],
      );
      const last = messages.sort((a, b) => a.seq - b.seq).at(-1);
      // An older one has only changed.
      if (last && last.seq > after) found.set(roomId, last);
      else if (after === 0) found.set(roomId, null);
    }
  }
  const others = rooms.filter(({ roomId }) => !found.has(roomId));
  await forEachLimit(others, async ({ roomId }) => {
    const page = await client.history(roomId, { limit: 1, ...threadsOf(client) }).catch(() => undefined);
    if (page) found.set(roomId, page.messages.at(-1) ?? null);
  });
  return found;
}
