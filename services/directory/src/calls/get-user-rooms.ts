import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { meetingRoomIds } from '../stores/audience.ts';
import { roomIdsOf } from '../stores/members.ts';

const maxRooms = 500;

export const answerGetUserRooms = (bus: Bus, db: Database): Promise<Consumer> =>
  answer(bus, calls.getUserRooms, async ({ userId, direct }) => ({
    roomIds: direct ? await roomIdsOf(db, userId, maxRooms) : await meetingRoomIds(db, userId, maxRooms),
  }));
