import { answer, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { getLiveNotifications } from '../usecases/get-live-notifications.ts';

export const answerGetLiveNotifications = (context: Context): Promise<Consumer> =>
  answer(context.bus, calls.getLiveNotifications, async ({ ids }) => ({
    notifications: (await getLiveNotifications(context, ids)).map(({ notification }) => notification),
  }));
