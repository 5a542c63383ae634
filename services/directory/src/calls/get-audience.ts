import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { meetingRoomIds, peopleWhoKnow } from '../stores/audience.ts';

const most = 500;

export const answerGetAudience = (bus: Bus, db: Database): Promise<Consumer> =>
  answer(bus, calls.getAudience, async ({ userId }) => {
    const [roomIds, userIds] = await Promise.all([
      meetingRoomIds(db, userId, most),
      peopleWhoKnow(db, userId, most),
    ]);
    return { roomIds, userIds };
  });
