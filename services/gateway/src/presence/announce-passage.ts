import { roomKey } from '../subscriptions/keys.ts';
import type { PresenceContext } from './presence-context.ts';
import type { Passage } from './watching.ts';

/**
 * Announces to the others in a room that a user came or left. Skips users who are no longer
 * members, because their departure is announced by the timeline. Skips direct rooms with a block,
 * because a block hides presence.
 */
export async function announcePassage(
  { backplane, memberships, clock }: PresenceContext,
  { roomId, userId, username, what }: Passage,
): Promise<void> {
  if (memberships.isOut(roomId, userId)) return;
  const { room, membership } = await memberships.find(roomId, userId);
  if (!room || !membership || (room.kind === 'direct' && !membership.canSend)) return;
  const timestamp = new Date(clock()).toISOString();
  await backplane.publish([roomKey(roomId)], {
    event: what === 'came' ? 'user_joined' : 'user_left',
    data: { userId, username, roomId, type: 'temporary', timestamp },
    exceptUser: userId,
    inRoom: roomId,
  });
}
