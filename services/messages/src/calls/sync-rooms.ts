import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { SyncRooms } from '../usecases/sync-rooms.ts';

export const answerSyncRooms = (bus: Bus, syncRooms: SyncRooms): Promise<Consumer> =>
  answer(bus, calls.syncRooms, ({ userId, ...question }) => syncRooms.run({ userId }, question));
