import type { HookDelivery } from '@parley/contracts';
import type { Queryable } from '@parley/database';

const kept = 100;

interface DeliveryRow {
  webhook_id: string;
  room_id: string;
  changes: number;
  attempt: number;
  status: number | null;
  problem: string | null;
  duration_ms: number;
  at: Date;
}

/** Adds an attempt and deletes all but the last ones. Does nothing if the webhook is gone. */
export async function insertDelivery(
  db: Queryable,
  hookId: string,
  { webhookId, roomId, changes, attempt, status, problem, durationMs, at }: HookDelivery,
): Promise<void> {
  const values = { hookId, webhookId, roomId, changes, attempt, status, problem, durationMs, at, kept };
  await db.raw(
    `with added as (
       insert into hook_deliveries
              (hook_id, room_id, webhook_id, changes, attempt, status, problem, duration_ms, at)
       select h.id, :roomId::uuid, :webhookId::text, :changes::int, :attempt::int, :status::int,
              :problem::text, :durationMs::int, :at::timestamptz
         from hooks h where h.id = :hookId
     )
     delete from hook_deliveries
      where hook_id = :hookId and id <= (
        select id from hook_deliveries where hook_id = :hookId order by id desc offset :kept - 1 limit 1)`,
    values,
  );
}

/** Newest first. */
export async function lastDeliveries(db: Queryable, hookId: string): Promise<HookDelivery[]> {
  const rows: DeliveryRow[] = await db('hook_deliveries')
    .where({ hook_id: hookId })
    .orderBy('id', 'desc')
    .limit(kept);
  return rows.map((row) => ({
    webhookId: row.webhook_id,
    roomId: row.room_id,
    changes: row.changes,
    attempt: row.attempt,
    status: row.status,
    problem: row.problem,
    durationMs: row.duration_ms,
    at: row.at.toISOString(),
  }));
}
