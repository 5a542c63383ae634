import type { Clock } from '@parley/runtime';
import type { Fleet } from '../delivery/fleet.ts';
import { roomKey } from '../delivery/keys.ts';
import type { Memberships } from '../membership/memberships.ts';
import type { Passage } from './watching.ts';

/** Tells those in a room, besides themselves, that somebody has come into it or has left it. Whoever is no member any more has been told to have left for good. */
export const tellPassage =
  (deps: { fleet: Fleet; memberships: Pick<Memberships, 'isOut'>; clock: Clock }) =>
  ({ roomId, userId, username, what }: Passage): void => {
    if (deps.memberships.isOut(roomId, userId)) return;
    const timestamp = new Date(deps.clock()).toISOString();
    void deps.fleet.publish([roomKey(roomId)], {
      event: what === 'came' ? 'user_joined' : 'user_left',
      data: { userId, username, roomId, type: 'temporary', timestamp },
      exceptUser: userId,
      inRoom: roomId,
    });
  };
