import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { roomIdsOf } from '../stores/members.ts';

const most = 500;

export const answerGetUserRooms = (bus: Bus, db: Database): Promise<Consumer> =>
  answer(bus, calls.getUserRooms, async ({ userId }) => ({ roomIds: await roomIdsOf(db, userId, most) }));
