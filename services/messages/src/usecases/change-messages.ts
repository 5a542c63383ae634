import type { SubmissionOf } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import { ChangingMessages } from '../domain/changing-messages.ts';
import type { Authorized, Outcome, Outcomes } from '../domain/outcome.ts';
import { findAsked, lockRooms, storeMessages, takeNumbers } from '../stores/message-changes.ts';
import { countPins } from '../stores/pins.ts';
import {
  activeReactions,
  deleteAllReactions,
  deleteReactions,
  findWithdrawn,
  insertReactions,
  reactionsOf,
  recordWithdrawals,
} from '../stores/reactions.ts';
import { changeMessage } from './change-message.ts';
import type { Context } from './context.ts';
import { EditMentions, storeChangedMentions } from './edit-mentions.ts';
import { pinMessage } from './pin-message.ts';
import { reactToMessage } from './react-to-message.ts';
import { ChangeRates } from './within-rate.ts';

export type MessageChange = SubmissionOf<'edit' | 'delete' | 'react' | 'pin'>;

/**
 * Edits messages, deletes them and changes reactions to them, in order. One transaction reads what
 * the changes concern, applies them in memory and stores the result, so the number of statements
 * does not depend on how many there are.
 */
export async function changeMessages(
  context: Context,
  all: readonly Authorized<MessageChange>[],
): Promise<Outcomes> {
  if (all.length === 0) return new Map();
  const { db, clock, mark } = context;
  const rates = new ChangeRates(context);
  const edits = all.flatMap(({ submission }) => (submission.op === 'edit' ? [submission] : []));
  const mentions = await EditMentions.find(context, edits);
  try {
    return await db.transaction(async (trx) => {
      const messages = await load(
        trx,
        all.map(({ submission }) => submission),
      );
      const outcomes: Outcomes = new Map();
      for (const one of all)
        outcomes.set(one.submission, apply(messages, one, { rates, mentions, now: new Date(clock()) }));
      await store(trx, messages, { now: new Date(clock()), mark });
      return outcomes;
    });
  } catch (error) {
    rates.giveBack();
    mentions.giveBack();
    throw error;
  }
}

function apply(
  messages: ChangingMessages,
  { submission, standing }: Authorized<MessageChange>,
  { rates, mentions, now }: { rates: ChangeRates; mentions: EditMentions; now: Date },
): Outcome {
  switch (submission.op) {
    case 'delete':
      return changeMessage(messages, { submission, standing }, { over: undefined, now, mentions });
    case 'edit':
      return rates.within(submission, (over) =>
        changeMessage(messages, { submission, standing }, { over, now, mentions }),
      );
    case 'pin':
      return rates.within(submission, (over) =>
        pinMessage(messages, { submission, standing }, { over, now }),
      );
    case 'react':
      return rates.within(submission, (over) =>
        reactToMessage(messages, { submission, standing }, { over, now }),
      );
  }
}

async function load(trx: Transaction, submissions: readonly MessageChange[]): Promise<ChangingMessages> {
  const seqs = await lockRooms(trx, [...new Set(submissions.map(({ roomId }) => roomId))]);
  const messages = await findAsked(trx, submissions);
  const pinned = submissions.flatMap(({ op, roomId }) => (op === 'pin' ? [roomId] : []));
  const pins = pinned.length > 0 ? await countPins(trx, [...new Set(pinned)]) : new Map<string, number>();
  const reacting = submissions.filter(({ op }) => op === 'react');
  if (reacting.length === 0)
    return new ChangingMessages({
      ...{ seqs, messages, pins, reactions: [], active: new Map(), withdrawn: new Set<string>() },
    });
  const owners = reacting.map(({ roomId, messageId, by: { userId } }) => ({ roomId, messageId, userId }));
  return new ChangingMessages({
    ...{ seqs, messages, pins },
    reactions: await reactionsOf(trx, owners),
    active: await activeReactions(trx, reacting),
    withdrawn: await findWithdrawn(
      trx,
      reacting.map(({ id }) => id),
    ),
  });
}

async function store(
  trx: Transaction,
  messages: ChangingMessages,
  { now, mark }: { now: Date; mark: Context['mark'] },
): Promise<void> {
  const { numbers, changed, cleared, removedReactions, addedReactions, withdrawals } = messages;
  if (changed.size === 0) return;
  await takeNumbers(trx, numbers, mark);
  await storeMessages(trx, [...changed.values()]);
  await storeChangedMentions(trx, messages);
  if (cleared.length > 0) await deleteAllReactions(trx, cleared);
  if (removedReactions.length > 0) await deleteReactions(trx, removedReactions);
  if (addedReactions.length > 0) await insertReactions(trx, addedReactions);
  if (withdrawals.length > 0) await recordWithdrawals(trx, withdrawals, now);
}
