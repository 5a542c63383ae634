import type { Hook, SyncChange, SyncedRoom } from '@parley/contracts';
import { isByProgram } from './program-message.ts';

/** Changes and bytes of one delivery. A single larger change is delivered alone. */
export const maxChanges = 100;
const maxBytes = 256 * 1024;
/** Everything in a delivery but its changes. */
const bytesAround = 1_024;

/** Changes of a room after a cursor, complete up to the number `upTo`. */
export interface Page {
  changes: SyncChange[];
  upTo: number;
  hasMore: boolean;
}

/**
 * The number at which a receiver learns of the change: a new message at its creation, although it
 * may have changed since, a known one at its last change.
 */
const placeOf = (change: SyncChange, after: number): number =>
  change.kind === 'message' && change.message.seq > after ? change.message.seq : change.seq;

/**
 * The part of an answer to `sync` that one delivery carries.
 * @param after the cursor
 * @param endsAt where an earlier attempt ended, which may have arrived. The page ends there again,
 *   so that it has the same id. It has the same new messages, in their present state. Known ones
 *   that have changed again are beyond it, so it may have become shorter, or empty.
 */
export function cutPage(
  { changes, seq, hasMore }: SyncedRoom,
  { after, endsAt }: { after: number; endsAt: number | null },
): Page {
  if (endsAt !== null) {
    const upTo = Math.min(endsAt, seq);
    return {
      changes: changes.filter((change) => placeOf(change, after) <= upTo),
      upTo,
      hasMore: hasMore || upTo < seq,
    };
  }
  const fitting: SyncChange[] = [];
  let bytes = bytesAround;
  for (const change of changes.slice(0, maxChanges)) {
    bytes += Buffer.byteLength(JSON.stringify(change)) + 1;
    if (bytes > maxBytes && fitting.length > 0) break;
    fitting.push(change);
  }
  if (fitting.length === changes.length) return { changes, upTo: seq, hasMore };
  const last = fitting.at(-1);
  return { changes: fitting, upTo: last ? placeOf(last, after) : seq, hasMore: true };
}

/** The user that a change comes from. */
export const authorOf = (change: SyncChange): string =>
  change.kind === 'message' ? change.message.userId : change.userId;

/** The bots that have written messages of a page. */
export const botsOf = (changes: readonly SyncChange[]): Set<string> =>
  new Set(changes.flatMap((each) => (each.kind === 'message' && each.message.isBot ? authorOf(each) : [])));

/**
 * The changes of a page that a webhook delivers. Without `programMessages`, messages of the owner's
 * programs trigger none of the owner's webhooks, which could answer each other for ever.
 * @param blocked users with a block between them and the owner
 * @param ownBots the owner's bots
 */
export const wanted = (
  changes: readonly SyncChange[],
  { events, programMessages, ownerId }: Pick<Hook, 'events' | 'programMessages' | 'ownerId'>,
  { blocked, ownBots }: { blocked: ReadonlySet<string>; ownBots: ReadonlySet<string> },
): SyncChange[] =>
  changes.filter((change) => {
    if (!events.includes(change.kind)) return false;
    if (change.kind !== 'message') return true;
    const { userId, clientId } = change.message;
    if (blocked.has(userId)) return false;
    return programMessages || !(ownBots.has(userId) || (userId === ownerId && isByProgram(clientId)));
  });
