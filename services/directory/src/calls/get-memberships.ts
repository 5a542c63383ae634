import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { stateOf } from '../domain/room.ts';
import { findMembers } from '../stores/members.ts';
import { findRoom } from '../stores/rooms.ts';

export const answerGetMemberships = (bus: Bus, db: Database): Promise<Consumer> =>
  answer(bus, calls.getMemberships, async ({ roomId, userIds }) => {
    const room = await findRoom(db, roomId);
    return { room: room ? stateOf(room) : null, members: room ? await findMembers(db, roomId, userIds) : [] };
  });
