import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { findAcquaintances, meetingRoomIds } from '../stores/audience.ts';

const maxEach = 500;

export const answerGetAudience = (bus: Bus, db: Database): Promise<Consumer> =>
  answer(bus, calls.getAudience, async ({ userId }) => {
    const [roomIds, userIds] = await Promise.all([
      meetingRoomIds(db, userId, maxEach),
      findAcquaintances(db, userId, maxEach),
    ]);
    return { roomIds, userIds };
  });
