import type { RoomState } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import { LRUCache } from 'lru-cache';
import type { Fleet } from '../delivery/fleet.ts';
import { roomKey, userKey } from '../delivery/keys.ts';
import type { DirectPeople } from '../membership/direct-people.ts';
import type { Memberships } from '../membership/memberships.ts';
import { clientEvent } from './client-event.ts';

/** The same state of the same connection is not repeated to the others in this time; their clients let it fade by themselves. */
const repeatAfterMs = 1_000;

export const typing = (deps: { memberships: Memberships; people: DirectPeople; fleet: Fleet; clock: Clock }) => {
  const told = new LRUCache<string, boolean>({ max: 20_000, ttl: repeatAfterMs });
  const keysOf = async (room: RoomState, userId: string): Promise<string[]> =>
    room.kind === 'direct' ? (await deps.people.others(room.id, userId)).map(userKey) : [roomKey(room.id)];

  return clientEvent('typing', async (connection, { roomId, isTyping }) => {
    const { userId, username } = connection.caller;
    const { room, membership } = await deps.memberships.require(roomId, connection.caller);
    if (!membership.canSend) throw new AppError('blocked');
    const state = `${connection.id} ${roomId}`;
    if (told.get(state) === isTyping) return { roomId };
    told.set(state, isTyping);
    const timestamp = new Date(deps.clock()).toISOString();
    const [key, ...others] = await keysOf(room, userId);
    if (key) {
      const data = { userId, username, roomId, isTyping, timestamp };
      void deps.fleet.publish([key, ...others], { event: 'user_typing', data, exceptConnection: connection.id });
    }
    return { roomId };
  });
};
