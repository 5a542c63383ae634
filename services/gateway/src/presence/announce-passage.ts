import { roomKey } from '@parley/backplane';
import type { PresenceContext } from './presence-context.ts';
import type { Passage } from './watch.ts';

/**
 * Announces to the others in a room that a user came or left. Skips users who are no longer
 * members, because their departure is announced by the timeline. A block hides presence, so users
 * with a block are skipped, and direct rooms between them.
 */
export async function announcePassage(
  { backplane, memberships, blocks, clock }: PresenceContext,
  { roomId, userId, username, what }: Passage,
): Promise<void> {
  if (memberships.isOut(roomId, userId)) return;
  const { room, membership } = await memberships.find(roomId, userId);
  if (!room || !membership || (room.kind === 'direct' && !membership.canSend)) return;
  const exceptUsers = await blocks.of(userId);
  if (exceptUsers === null) return;
  const { isBot } = membership;
  const timestamp = new Date(clock()).toISOString();
  await backplane.publish([roomKey(roomId)], {
    event: what === 'came' ? 'user_joined' : 'user_left',
    data: { userId, username, ...(isBot && { isBot }), roomId, type: 'temporary', timestamp },
    exceptUser: userId,
    exceptUsers,
    inRoom: roomId,
  });
}
