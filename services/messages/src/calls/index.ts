import { answer, type Consumer } from '@parley/bus';
import { calls, parseEvent } from '@parley/contracts';
import { toSubmissions } from '../domain/membership-submissions.ts';
import { findHeads } from '../stores/rooms.ts';
import { addStatus } from '../usecases/add-status.ts';
import type { Context } from '../usecases/context.ts';
import { getChanges } from '../usecases/get-changes.ts';
import { getHistory } from '../usecases/get-history.ts';
import { getLatestMessages } from '../usecases/get-latest-messages.ts';
import { getMessages } from '../usecases/get-messages.ts';
import { getMissedMessages } from '../usecases/get-missed-messages.ts';
import { locateMessage } from '../usecases/locate-message.ts';
import { recordMembership } from '../usecases/record-membership.ts';
import { syncRooms } from '../usecases/sync-rooms.ts';

/** Every call that this service answers. */
export const answerCalls = (context: Context): Promise<Consumer[]> => {
  const { bus, db, newId } = context;
  return Promise.all([
    answer(bus, calls.getChanges, (question) => getChanges(context, question)),
    // Omits rooms without any change.
    answer(bus, calls.getHeads, async ({ roomIds }) => ({ heads: await findHeads(db, roomIds) })),
    answer(bus, calls.getLatestMessages, async ({ userId, roomIds }) => ({
      messages: await getLatestMessages(context, userId, roomIds),
    })),
    answer(bus, calls.getMessages, async ({ messages }) => ({
      messages: await getMessages(context, messages),
    })),
    answer(bus, calls.getMissedMessages, (question) => getMissedMessages(context, question)),
    answer(bus, calls.getRecentMessages, async ({ roomId, limit, most = limit, ...viewer }) => {
      const query = { limit: most, withoutDeleted: true };
      const { messages, hasMore } = await getHistory(context, viewer, roomId, query);
      return { messages: await addStatus(context, messages), hasMore };
    }),
    answer(bus, calls.locateMessage, async ({ messageId }) => ({
      roomId: await locateMessage(context, messageId),
    })),
    // Updates the read model of rooms and members ahead of the events. They may arrive before or
    // after this call: an older version never overwrites a newer one.
    answer(bus, calls.revokeAccess, async ({ events }) => {
      const parsed = events.flatMap((envelope) => parseEvent(envelope) ?? []);
      await recordMembership(
        context,
        parsed.flatMap((event) => toSubmissions(event, newId)),
      );
      return {};
    }),
    answer(bus, calls.syncRooms, ({ userId, ...question }) => syncRooms(context, { userId }, question)),
  ]);
};
