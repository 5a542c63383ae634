import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { AddStatus } from '../usecases/add-status.ts';
import type { GetHistory } from '../usecases/get-history.ts';

export const answerGetRecentMessages = (
  bus: Bus,
  deps: { history: GetHistory; status: AddStatus },
): Promise<Consumer> =>
  answer(bus, calls.getRecentMessages, async ({ roomId, limit, most = limit, ...viewer }) => {
    const { messages, hasMore } = await deps.history.run(viewer, roomId, {
      limit: most,
      withoutDeleted: true,
    });
    return { messages: await deps.status.of(messages), hasMore };
  });
