import { ask } from '@parley/bus';
import { calls, type SyncChange, type SyncedRoom } from '@parley/contracts';
import type { Claim, StoredHook } from '../domain/hook.ts';
import { authorOf, botsOf, maxChanges } from '../domain/page.ts';
import type { Context } from './context.ts';

/** Each of the two calls; see `leaseMs`. */
export const callTimeoutMs = 2_000;

/**
 * The owner's `sync` of a room, now; undefined if they do not belong to it. It reaches at least the
 * end of an earlier attempt: its messages may have become larger than an answer.
 *
 * `reset`: the room has numbers below the cursor or that end, because an older state was restored,
 * or the attempt that announced this may not have arrived.
 */
export async function readRoom(
  { bus }: Context,
  { ownerId: userId, roomId, seq, attemptSeq }: Claim,
): Promise<SyncedRoom | undefined> {
  const changes: SyncedRoom['changes'] = [];
  for (let after = seq; ; ) {
    const { rooms } = await ask(
      bus,
      calls.syncRooms,
      { userId, rooms: [{ roomId, seq: after }], limit: maxChanges, positions: false, newAtCreation: true },
      { timeoutMs: callTimeoutMs },
    );
    const [room] = rooms;
    if (!room || room.reset) return room;
    // The answer before contains messages from between the two.
    changes.push(...room.changes.filter((change) => !isNewWithin(change, seq, after)));
    const end = attemptSeq ?? seq;
    if (end < seq || (end > room.seq && !room.hasMore)) return { ...room, changes: [], reset: true };
    if (end <= room.seq) return { ...room, changes };
    after = room.seq;
  }
}

const isNewWithin = (change: SyncChange, after: number, upTo: number): boolean =>
  change.kind === 'message' && change.message.seq > after && change.message.seq <= upTo;

/** The authors of messages with a block between them and the owner, in either direction. */
export async function findBlocked(
  { bus }: Context,
  ownerId: string,
  changes: SyncedRoom['changes'],
): Promise<Set<string>> {
  const authors = new Set(changes.filter(({ kind }) => kind === 'message').map(authorOf));
  authors.delete(ownerId);
  if (authors.size === 0) return new Set();
  const pairs = [...authors].map((author): [string, string] => [ownerId, author]);
  const answer = await ask(bus, calls.getBlocks, { pairs }, { timeoutMs: callTimeoutMs });
  return new Set(answer.pairs.flat().filter((userId) => userId !== ownerId));
}

/** The authors of messages that are bots of the webhook's owner, or the owner, if it is a bot. */
export async function findOwnBots(
  { botOwners }: Context,
  { ownerId, organizationId }: StoredHook,
  changes: SyncedRoom['changes'],
): Promise<Set<string>> {
  const own = new Set<string>();
  const find = async (botId: string) => {
    const owner = botId === ownerId ? ownerId : await botOwners.find(botId);
    if (owner !== null && [ownerId, organizationId].includes(owner)) own.add(botId);
  };
  await Promise.all([...botsOf(changes)].map(find));
  return own;
}
