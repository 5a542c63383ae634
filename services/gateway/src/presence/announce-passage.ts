import type { Clock } from '@parley/runtime';
import type { Backplane } from '../backplane/backplane.ts';
import type { Memberships } from '../membership/memberships.ts';
import { roomKey } from '../subscriptions/keys.ts';
import type { Passage } from './watching.ts';

/**
 * Tells those in a room, besides themselves, that somebody has come into it or has left it. Not of somebody who is no member any more:
 * that they left for good has been told. Nor of one of two people of whom one has blocked the other: their presence is hidden.
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
