import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { meetingRoomIds } from '../stores/audience.ts';
import { roomIdsOf } from '../stores/members.ts';

const most = 500;

export const answerGetUserRooms = (bus: Bus, db: Database): Promise<Consumer> =>
  answer(bus, calls.getUserRooms, async ({ userId, direct }) => ({
    roomIds: direct ? await roomIdsOf(db, userId, most) : await meetingRoomIds(db, userId, most),
  }));
