import { answer, type Consumer } from '@parley/bus';
import { calls, parseEvent } from '@parley/contracts';
import { toSubmissions } from '../domain/membership-submissions.ts';
import { findHeads } from '../stores/rooms.ts';
import { headsBefore } from '../stores/timeline.ts';
import { addStatus } from '../usecases/add-status.ts';
import type { CommonContext } from '../usecases/context.ts';
import { getChanges } from '../usecases/get-changes.ts';
import { getHistory } from '../usecases/get-history.ts';
import { getLatestMessages } from '../usecases/get-latest-messages.ts';
import { getMessages } from '../usecases/get-messages.ts';
import { getMissedMessages } from '../usecases/get-missed-messages.ts';
import { locateMessage } from '../usecases/locate-message.ts';
import { recordMembership } from '../usecases/record-membership.ts';
import { syncRooms } from '../usecases/sync-rooms.ts';

/** The calls of a reader. Each has its own queue, so it reaches only processes that answer it. */
export const answerReads = (context: CommonContext): Promise<Consumer[]> => {
  const { bus, databases } = context;
  return Promise.all([
    answer(bus, calls.getChanges, (question) => getChanges(databases.of(question.roomId), question)),
    // Omits rooms without any change.
    answer(bus, calls.getHeads, async ({ roomIds, before }) => ({
      heads: await databases.gather(roomIds, ({ db }, some) =>
        before ? headsBefore(db, some, new Date(before)) : findHeads(db, some),
      ),
    })),
    answer(bus, calls.getLatestMessages, async ({ userId, roomIds }) => ({
      messages: await getLatestMessages(context, userId, roomIds),
    })),
    answer(bus, calls.getMessages, async ({ messages }) => ({
      messages: await getMessages(context, messages),
    })),
    answer(bus, calls.getMissedMessages, (question) =>
      getMissedMessages(databases.of(question.roomId), question),
    ),
    answer(bus, calls.getRecentMessages, async ({ roomId, limit, most = limit, ...viewer }) => {
      const query = { limit: most, only: 'present' } as const;
      const { messages, hasMore } = await getHistory(databases.of(roomId), viewer, roomId, query);
      return { messages: await addStatus(context, messages), hasMore };
    }),
    answer(bus, calls.locateMessage, async ({ messageId }) => ({
      roomId: await locateMessage(context, messageId),
    })),
    answer(bus, calls.syncRooms, ({ userId, positions, newAtCreation, ...question }) =>
      syncRooms(context, { userId }, question, { withPositions: positions, newAtCreation }),
    ),
  ]);
};

/** The calls of a writer. */
export const answerWrites = (context: CommonContext): Promise<Consumer[]> => {
  const { bus, newId, databases } = context;
  return Promise.all([
    // Updates the read model of rooms and members ahead of the events. They may arrive before or
    // after this call: an older version never overwrites a newer one.
    answer(bus, calls.revokeAccess, async ({ events }) => {
      const parsed = events.flatMap((envelope) => parseEvent(envelope) ?? []);
      const submissions = parsed.flatMap((event) => toSubmissions(event, newId));
      await databases.untilWritable(submissions.map(({ roomId }) => roomId));
      const parts = databases.split(submissions);
      await Promise.all(parts.map(([one, some]) => recordMembership(one, some)));
      return {};
    }),
  ]);
};
