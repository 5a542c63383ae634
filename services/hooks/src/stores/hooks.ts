import type { Hook } from '@parley/contracts';
import type { Queryable, Transaction } from '@parley/database';
import type { HookChanges, StoredHook } from '../domain/hook.ts';

interface HookRow {
  id: string;
  owner_id: string;
  organization_id: string | null;
  url: string;
  description: string;
  events: StoredHook['events'];
  program_messages: boolean;
  secret: string;
  old_secret: string | null;
  old_secret_until: Date | null;
  state: StoredHook['state'];
  state_reason: StoredHook['stateReason'];
  failures: number;
  failing_since: Date | null;
  slow: boolean;
  created_at: Date;
}

const toStored = (row: HookRow): StoredHook => ({
  id: row.id,
  ownerId: row.owner_id,
  organizationId: row.organization_id,
  url: row.url,
  description: row.description,
  events: row.events,
  programMessages: row.program_messages,
  secret: row.secret,
  oldSecret:
    row.old_secret !== null && row.old_secret_until !== null
      ? { secret: row.old_secret, until: row.old_secret_until }
      : null,
  state: row.state,
  stateReason: row.state_reason,
  failures: row.failures,
  failingSince: row.failing_since,
  slow: row.slow,
  createdAt: row.created_at,
});

/** Serializes the creation of one owner's webhooks until the transaction ends. */
export async function lockOwner(trx: Transaction, ownerId: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`hooks ${ownerId}`]);
}

export async function countHooks(db: Queryable, ownerId: string): Promise<number> {
  const row = await db('hooks').where({ owner_id: ownerId }).count({ count: '*' }).first();
  return Number(row?.count ?? 0);
}

export async function insertHook(
  trx: Queryable,
  hook: Pick<
    Hook,
    'id' | 'ownerId' | 'organizationId' | 'url' | 'description' | 'events' | 'programMessages'
  > & {
    secret: string;
    createdAt: Date;
  },
): Promise<StoredHook> {
  const [row] = await trx('hooks')
    .insert({
      id: hook.id,
      owner_id: hook.ownerId,
      organization_id: hook.organizationId,
      url: hook.url,
      description: hook.description,
      events: hook.events,
      program_messages: hook.programMessages,
      secret: hook.secret,
      checked_at: hook.createdAt,
      created_at: hook.createdAt,
    })
    .returning<HookRow[]>('*');
  if (!row) throw new Error('the webhook was not stored');
  return toStored(row);
}

/** Newest first. The limit per user bounds the list. */
export async function hooksOf(db: Queryable, ownerId: string): Promise<StoredHook[]> {
  const rows: HookRow[] = await db('hooks').where({ owner_id: ownerId }).orderBy('id', 'desc');
  return rows.map(toStored);
}

export async function findHook(db: Queryable, id: string): Promise<StoredHook | undefined> {
  const row: HookRow | undefined = await db('hooks').where({ id }).first();
  return row && toStored(row);
}

/** Locks the webhook until the transaction ends. */
export async function lockHook(trx: Transaction, id: string): Promise<StoredHook | undefined> {
  const row: HookRow | undefined = await trx('hooks').where({ id }).forUpdate().first();
  return row && toStored(row);
}

export async function updateHookRow(db: Queryable, id: string, changes: HookChanges): Promise<void> {
  const row = {
    ...(changes.url !== undefined && { url: changes.url }),
    ...(changes.description !== undefined && { description: changes.description }),
    ...(changes.events !== undefined && { events: changes.events }),
    ...(changes.programMessages !== undefined && { program_messages: changes.programMessages }),
    ...(changes.state !== undefined && { state: changes.state }),
    ...(changes.stateReason !== undefined && { state_reason: changes.stateReason }),
  };
  if (Object.keys(row).length > 0) await db('hooks').where({ id }).update(row);
}

export async function deleteHookRow(db: Queryable, id: string): Promise<void> {
  await db('hooks').where({ id }).delete();
}

export async function replaceSecret(
  db: Queryable,
  id: string,
  secret: string,
  oldUntil: Date,
): Promise<void> {
  await db('hooks')
    .where({ id })
    .update({ secret, old_secret: db.ref('secret'), old_secret_until: oldUntil });
}

/** The sealed secrets of webhooks after this id, by id. An id may appear twice. */
export async function secretsAfter(
  db: Queryable,
  after: string,
  limit: number,
): Promise<{ id: string; sealed: string }[]> {
  const rows: Pick<HookRow, 'id' | 'secret' | 'old_secret'>[] = await db('hooks')
    .where((query) => (after === '' ? query : query.where('id', '>', after)))
    .orderBy('id')
    .limit(limit)
    .select('id', 'secret', 'old_secret');
  return rows.flatMap(({ id, secret, old_secret: old }) =>
    [secret, ...(old === null ? [] : [old])].map((sealed) => ({ id, sealed })),
  );
}

/** Replaces a sealed secret, unless it was replaced meanwhile. */
export async function replaceSealed(
  db: Queryable,
  id: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  for (const column of ['secret', 'old_secret'])
    await db('hooks')
      .where({ id, [column]: from })
      .update({ [column]: to });
}

/** A success in any room shows that the receiver works. */
export async function recordSuccess(db: Queryable, id: string, slow: boolean): Promise<void> {
  await db('hooks').where({ id }).update({ failures: 0, failing_since: null, retry_at: null, slow });
}

/** @param failures in a row, this one included; of attempts at the same time only one counts */
export async function recordFailure(
  db: Queryable,
  id: string,
  { failures, retryAt, now }: { failures: number; retryAt: Date; now: Date },
): Promise<void> {
  await db('hooks')
    .where({ id })
    .update({
      failures: db.raw('greatest(failures, :failures::int)', { failures }),
      failing_since: db.raw('coalesce(failing_since, :now::timestamptz)', { now }),
      retry_at: retryAt,
      slow: true,
    });
}

/** Forgets failures, so that the next attempt begins at once. */
export async function forgetFailures(db: Queryable, id: string): Promise<void> {
  await db('hooks').where({ id }).update({ failures: 0, failing_since: null, retry_at: null });
}

/**
 * Webhooks that were checked last before `before`, those of organizations before
 * `organizationsBefore`, and those that `uncheckHooksOf` names. At most `limit`; they count as
 * checked.
 */
export async function takeUncheckedHooks(
  db: Queryable,
  values: { before: Date; organizationsBefore: Date; now: Date; limit: number },
): Promise<{ hook: StoredHook; checkedAt: Date }[]> {
  const { rows } = await db.raw<{ rows: (HookRow & { was_checked_at: Date })[] }>(
    `update hooks h set checked_at = :now, check_now = false
       from (select id, checked_at from hooks
              where state <> 'ended'
                and (check_now
                  or checked_at < case when organization_id is null then :before::timestamptz
                                       else :organizationsBefore::timestamptz end)
              order by checked_at limit :limit for update skip locked) due
      where h.id = due.id
     returning h.*, due.checked_at as was_checked_at`,
    values,
  );
  return rows.map((row) => ({ hook: toStored(row), checkedAt: row.was_checked_at }));
}

/** The check failed: it is repeated with the next sweep. */
export async function uncheckHook(db: Queryable, id: string, checkedAt: Date): Promise<void> {
  await db('hooks').where({ id }).update({ checked_at: checkedAt, check_now: true });
}

/** Makes the next sweep check the webhooks of these users. */
export async function uncheckHooksOf(db: Queryable, ownerIds: readonly string[]): Promise<number> {
  return db('hooks').whereRaw('owner_id = any(:ownerIds)', { ownerIds }).update({ check_now: true });
}

/** Webhooks of organizations, by owner. */
export async function organizationHooksOf(
  db: Queryable,
  ownerIds: readonly string[],
): Promise<{ id: string; ownerId: string; organizationId: string }[]> {
  return db('hooks')
    .whereRaw('owner_id = any(:ownerIds)', { ownerIds })
    .whereNotNull('organization_id')
    .select('id', { ownerId: 'owner_id', organizationId: 'organization_id' });
}
