import type { Clock } from '@parley/runtime';
import type { Backplane } from '../backplane/backplane.ts';
import type { Memberships } from '../membership/memberships.ts';
import { roomKey } from '../subscriptions/keys.ts';
import type { Passage } from './watching.ts';

/**
 * Announces to the others in a room that a user came or left. Skips users who are no longer
 * members, because their departure is announced by the timeline. Skips direct rooms with a block,
 * because a block hides presence.
 */
export const announcePassage =
  (deps: { backplane: Backplane; memberships: Pick<Memberships, 'find'>; clock: Clock }) =>
  async ({ roomId, userId, username, what }: Passage): Promise<void> => {
    const { room, membership } = await deps.memberships.find(roomId, userId);
    if (!room || !membership || (room.kind === 'direct' && !membership.canSend)) return;
    const timestamp = new Date(deps.clock()).toISOString();
    await deps.backplane.publish([roomKey(roomId)], {
      event: what === 'came' ? 'user_joined' : 'user_left',
      data: { userId, username, roomId, type: 'temporary', timestamp },
      exceptUser: userId,
      inRoom: roomId,
    });
  };
