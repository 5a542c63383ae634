import type { Queryable } from '@parley/database';

/**
 * Adds to what the user has used of a setting's current window, or begins one. Answers the new
 * amount and the end of the window.
 */
export async function addToUsed(
  trx: Queryable,
  {
    userId,
    setting,
    amount,
    now,
    windowMs,
  }: {
    userId: string;
    setting: string;
    amount: number;
    now: Date;
    windowMs: number;
  },
): Promise<{ used: number; resetsAt: Date }> {
  const { rows } = await trx.raw<{ rows: { used: number; resets_at: Date }[] }>(
    `insert into budgets as b (user_id, setting, used, resets_at)
     values (:userId, :setting, :amount, :end)
     on conflict (user_id, setting) do update
       set used = case when b.resets_at > :now then b.used else 0 end + excluded.used,
           resets_at = case when b.resets_at > :now then b.resets_at else excluded.resets_at end
     returning used, resets_at`,
    { userId, setting, amount, now, end: new Date(now.getTime() + windowMs) },
  );
  const [row] = rows;
  if (!row) throw new Error('the insert returned no row');
  return { used: row.used, resetsAt: row.resets_at };
}
