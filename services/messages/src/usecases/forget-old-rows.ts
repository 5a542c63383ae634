import type { ForgettingStep } from '@parley/database';
import { forgetRemovals } from '../stores/account.ts';
import { forgetClosedRooms, forgetFormerMembers, forgetWithdrawals } from '../stores/forgetting.ts';
import type { Context } from './context.ts';

/** Far longer than a submission waits to be delivered again. */
const rememberedMs = 86_400_000;
/** Longer than an event of the directory waits, even while this service is away. */
const membersRememberedMs = 30 * rememberedMs;

/** Rows of a table that one transaction deletes. */
const limit = 1_000;

/** The rows that this service forgets, in small steps. */
export function forgetOldRows({ clock }: Pick<Context, 'clock'>): ForgettingStep[] {
  const after = (ms: number) => ({ before: new Date(clock() - ms), limit });
  return [
    (trx) => forgetWithdrawals(trx, after(rememberedMs)),
    (trx) => forgetClosedRooms(trx, after(rememberedMs)),
    (trx) => forgetFormerMembers(trx, after(membersRememberedMs)),
    (trx) => forgetRemovals(trx, after(membersRememberedMs)),
  ];
}
