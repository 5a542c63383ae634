import { messagesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { SyncRooms } from '../usecases/sync-rooms.ts';

export const syncRoute = (syncRooms: SyncRooms) =>
  route(messagesApi.sync, ({ body, caller }) => syncRooms.run(caller, body));
