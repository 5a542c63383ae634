import type { ForgettingStep } from '@parley/database';
import { forgetClosedRooms, forgetDeletedRows, forgetFormerMembers } from '../stores/forgetting.ts';
import { forgetSettings } from '../stores/settings.ts';
import type { Context } from './context.ts';

/** Longer than an event waits to be delivered again, even while this service is away. */
const rememberedMs = 30 * 86_400_000;

/** Rows of a table that one transaction deletes. */
const limit = 1_000;

/** The rows that this service forgets, in small steps. */
export function forgetOldRows({ clock }: Pick<Context, 'clock'>): ForgettingStep[] {
  const old = () => ({ before: new Date(clock() - rememberedMs), limit });
  return [
    (trx) => forgetDeletedRows(trx, old()),
    (trx) => forgetClosedRooms(trx, old()),
    (trx) => forgetFormerMembers(trx, old()),
    (trx) => forgetSettings(trx, old()),
  ];
}
