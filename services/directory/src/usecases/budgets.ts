import { AppError } from '@parley/errors';
import { addToUsed } from '../stores/budgets.ts';
import { countContactsAmong } from '../stores/contacts.ts';
import type { Budget, Limits, Transaction } from './context.ts';

/**
 * Charges the user's budget. If the transaction fails, so does the charge.
 * @throws AppError `rate_limit`
 */
export async function spend(
  { trx, now }: Transaction,
  { rate, ...name }: Budget,
  userId: string,
  amount = 1,
): Promise<void> {
  if (rate === 'off' || amount === 0) return;
  const { limit, windowMs } = rate;
  const { used, resetsAt } = await addToUsed(trx, { userId, setting: name.setting, amount, now, windowMs });
  if (used > limit)
    throw new AppError('rate_limit', { ...name, retryAfterMs: resetsAt.getTime() - now.getTime() });
}

/**
 * Charges for adding users to a room, or opening a direct room with one. Users who have the user as
 * a contact are free. @throws AppError `rate_limit`
 */
export async function spendOnStrangers(
  tx: Transaction,
  limits: Limits,
  userId: string,
  others: readonly string[],
): Promise<void> {
  const strangers = others.length - (await countContactsAmong(tx.trx, others, userId));
  await spend(tx, limits.addedUsers, userId, strangers);
}
