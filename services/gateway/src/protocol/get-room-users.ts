import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { Frame } from '../connections/frame.ts';
import type { Memberships } from '../membership/memberships.ts';
import type { Presence } from '../presence/presence.ts';
import { clientEvent } from './client-event.ts';

const maxUsers = 1_000;

export const getRoomUsers = (deps: { memberships: Memberships; presence: Presence; bus: Bus }) =>
  clientEvent('get_room_users', async (connection, { roomId }) => {
    const { membership } = await deps.memberships.require(roomId, connection.caller);
    const { members } = await ask(deps.bus, calls.getRoomMembers, { roomId, limit: maxUsers });
    // Users between whom there is a block do not see each other's presence.
    const seen = membership.canSend ? members : [membership];
    const online = await deps.presence.online(seen.map((member) => member.userId));
    const users = members.map(({ userId, username }) => ({ userId, username, isOnline: online.has(userId) }));
    connection.send(new Frame('room_users', { roomId, users }));
    return { roomId, users };
  });
