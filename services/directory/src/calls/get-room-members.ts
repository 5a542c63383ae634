import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { firstMembers } from '../stores/members.ts';

export const answerGetRoomMembers = (bus: Bus, db: Database): Promise<Consumer> =>
  answer(bus, calls.getRoomMembers, async ({ roomId, limit }) => ({
    members: await firstMembers(db, roomId, limit),
  }));
