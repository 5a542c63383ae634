import type { Bookmark, NotificationSettings, RoomSettings } from '@parley/contracts';
import type { Queryable, Transaction } from '@parley/database';
import type { AccountData, AccountItem, AccountKind } from '../domain/account-item.ts';
import { columnsOf, type OfRoom, type OwnMembership } from './account-memberships.ts';

interface ItemRow {
  kind: AccountKind;
  subject_id: string;
  room_id: string | null;
  seq: number;
  data: AccountData[AccountKind] | null;
}

const toItem = ({ subject_id: subjectId, room_id: roomId, ...row }: ItemRow): AccountItem => ({
  ...row,
  subjectId,
  roomId,
});

/** The numbers of an account. */
export interface AccountHead {
  seq: number;
  forgottenSeq: number;
}

/**
 * Locks the account until the transaction ends, so its changes are committed in their order.
 * Returns the number of the last one.
 */
export async function lockAccount(
  trx: Transaction,
  userId: string,
): Promise<{ seq: number; erased: boolean }> {
  const { rows } = await trx.raw<{ rows: { seq: number; erased: boolean }[] }>(
    `insert into accounts (user_id) values (:userId)
     on conflict (user_id) do update set seq = accounts.seq returning seq, erased`,
    { userId },
  );
  return rows[0] ?? { seq: 0, erased: false };
}

/** An item, and the membership that it belongs to. */
export type OwnItem<K extends AccountKind> = AccountItem<K> & { memberVersion: number | null };

/** Also finds a removed one. */
export async function findItem<K extends AccountKind>(
  db: Queryable,
  userId: string,
  kind: K,
  subjectId: string,
): Promise<OwnItem<K> | undefined> {
  const row: (ItemRow & { member_version: number | null }) | undefined = await db('account_items')
    .where({ user_id: userId, kind, subject_id: subjectId })
    .first('kind', 'subject_id', 'room_id', 'seq', 'data', 'member_version');
  return (
    row && {
      kind,
      subjectId,
      roomId: row.room_id,
      seq: row.seq,
      data: row.data as AccountData[K] | null,
      memberVersion: row.member_version,
    }
  );
}

/** A user's settings, as far as they have made any. */
export async function findSettings(
  db: Queryable,
  userId: string,
): Promise<{ notifications: NotificationSettings | null; rooms: Map<string, RoomSettings> }> {
  const rows: ItemRow[] = await db('account_items')
    .where({ user_id: userId })
    .whereIn('kind', ['notification_settings', 'room_settings'])
    .whereNotNull('data')
    .select('kind', 'subject_id', 'data');
  const own = rows.find(({ kind }) => kind === 'notification_settings');
  const ofRooms = rows.filter(({ kind }) => kind === 'room_settings');
  return {
    notifications: (own?.data as NotificationSettings | undefined) ?? null,
    rooms: new Map(ofRooms.map(({ subject_id: roomId, data }) => [roomId, data as RoomSettings])),
  };
}

/** Items of a kind that are not removed. */
export async function countItems(db: Queryable, userId: string, kind: AccountKind): Promise<number> {
  const [row] = await db('account_items')
    .where({ user_id: userId, kind })
    .whereNotNull('data')
    .count<{ count: number }[]>();
  return Number(row?.count ?? 0);
}

/** Stores the state of a subject under the next number of the account, which must be locked. */
export async function storeItem<K extends AccountKind>(
  trx: Transaction,
  userId: string,
  { kind, subjectId, data }: Omit<AccountItem<K>, 'seq' | 'roomId'>,
  { room, now }: { room: OfRoom | undefined; now: Date },
): Promise<AccountItem<K>> {
  const { rows } = await trx.raw<{ rows: { seq: number }[] }>(
    `with numbered as (
       update accounts set seq = seq + 1 where user_id = :userId returning seq
     )
     insert into account_items (user_id, kind, subject_id, seq, room_id, member_version, data, changed_at)
     select :userId, :kind, :subjectId, seq, :roomId, :memberVersion, :data, :now from numbered
     on conflict (user_id, kind, subject_id) do update
        set seq = excluded.seq, room_id = excluded.room_id, member_version = excluded.member_version,
            data = excluded.data, changed_at = excluded.changed_at
     returning seq`,
    {
      ...{ userId, kind, subjectId, now },
      roomId: room?.roomId ?? null,
      memberVersion: room?.memberVersion ?? null,
      data: data && JSON.stringify(data),
    },
  );
  return { kind, subjectId, roomId: room?.roomId ?? null, data, seq: rows[0]?.seq ?? 0 };
}

/** Of a user without any change: zeros. */
export async function findAccountHead(db: Queryable, userId: string): Promise<AccountHead> {
  const row: { seq: number; forgotten_seq: number } | undefined = await db('accounts')
    .where({ user_id: userId })
    .first('seq', 'forgotten_seq');
  return { seq: row?.seq ?? 0, forgottenSeq: row?.forgotten_seq ?? 0 };
}

/**
 * Items with `seq > after`, in order. Those of rooms that the user does not belong to are removed:
 * their removal follows once the departure has been handled.
 */
export async function itemsAfter(
  db: Queryable,
  userId: string,
  after: number,
  limit: number,
): Promise<AccountItem[]> {
  const { rows } = await db.raw<{ rows: ItemRow[] }>(
    `select i.kind, i.subject_id, i.room_id, i.seq,
            case when i.room_id is null or exists (
              select from members m left join rooms r on r.id = m.room_id
               where r.closed_at is null and m.room_id = i.room_id
                 and m.user_id = i.user_id and m.active) then i.data end as data
       from account_items i where i.user_id = :userId and i.seq > :after order by i.seq limit :limit`,
    { userId, after, limit },
  );
  return rows.map(toItem);
}

/**
 * Bookmarks in the user's rooms, the latest first.
 * @param page.roomId only in this room
 */
export async function findBookmarks(
  db: Queryable,
  userId: string,
  page: { roomId: string | undefined; before: number | undefined; limit: number },
): Promise<{ messageId: string; seq: number; bookmark: Bookmark }[]> {
  const { rows } = await db.raw<{ rows: { subject_id: string; seq: number; data: Bookmark }[] }>(
    `select i.subject_id, i.seq, i.data from account_items i
       join members m on m.room_id = i.room_id and m.user_id = i.user_id and m.active
      where i.user_id = :userId and i.kind = 'bookmark' and i.data is not null
        and (:roomId::uuid is null or i.room_id = :roomId)
        and (:before::bigint is null or i.seq < :before)
      order by i.seq desc limit :limit`,
    { userId, roomId: page.roomId ?? null, before: page.before ?? null, limit: page.limit },
  );
  return rows.map(({ subject_id: messageId, seq, data: bookmark }) => ({ messageId, seq, bookmark }));
}

/** Users with items of a room, at most `limit`. */
export const usersWithItems = (db: Queryable, roomId: string, limit: number): Promise<string[]> =>
  db('account_items')
    .distinct('user_id')
    .where({ room_id: roomId })
    .whereNotNull('data')
    .limit(limit)
    .pluck('user_id');

/** Those of these memberships to which items belong, each user and room once. */
export async function withItems(
  db: Queryable,
  memberships: readonly OwnMembership[],
): Promise<OwnMembership[]> {
  const { rows } = await db.raw<{ rows: OwnMembership[] }>(
    `select room_id as "roomId", user_id as "userId", max(version) as "memberVersion"
       from unnest(:rooms::uuid[], :users::uuid[], :versions::bigint[]) as m (room_id, user_id, version)
      where exists (select from account_items i
                     where i.room_id = m.room_id and i.user_id = m.user_id and i.data is not null)
      group by room_id, user_id`,
    columnsOf(memberships),
  );
  return rows;
}

/** Items that belong to this or an earlier membership, in the order of their numbers. */
export async function itemsOfMembership(
  db: Queryable,
  { userId, roomId, memberVersion }: OwnMembership,
): Promise<AccountItem[]> {
  const rows: ItemRow[] = await db('account_items')
    .where({ user_id: userId, room_id: roomId })
    .where('member_version', '<=', memberVersion)
    .whereNotNull('data')
    .orderBy('seq')
    .select('kind', 'subject_id', 'room_id', 'seq', 'data');
  return rows.map(toItem);
}

/** Deletes everything. The account stays closed. Returns whether this has removed anything. */
export async function eraseAccount(trx: Transaction, userId: string): Promise<boolean> {
  const { seq, erased } = await lockAccount(trx, userId);
  if (erased) return false;
  await trx('account_items').where({ user_id: userId }).delete();
  await trx('accounts').where({ user_id: userId }).update({ erased: true });
  return seq > 0;
}

/** Deletes removals from before that time. Returns whether there may be more. */
export async function forgetRemovals(
  trx: Transaction,
  { before, limit }: { before: Date; limit: number },
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { found: number }[] }>(
    `with found as (
       select user_id, kind, subject_id, seq from account_items
        where data is null and changed_at < :before order by changed_at limit :limit
     ), locked as (
       select user_id from accounts where user_id in (select user_id from found) order by user_id for update
     ), gone as (
       delete from account_items i using found f join locked l on l.user_id = f.user_id
        where i.user_id = f.user_id and i.kind = f.kind and i.subject_id = f.subject_id and i.seq = f.seq
       returning i.user_id, i.seq
     ), remembered as (
       update accounts a set forgotten_seq = greatest(a.forgotten_seq, last.seq)
         from (select user_id, max(seq) as seq from gone group by user_id) last
        where a.user_id = last.user_id
     )
     select count(*)::int as found from found`,
    { before, limit },
  );
  return rows[0]?.found === limit;
}
