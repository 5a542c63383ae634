import type { Queryable, Transaction } from '@parley/database';
import { type Bot, type BotOwner, ownerOf } from '../domain/bot.ts';

interface BotRow {
  id: string;
  username: string;
  name: string;
  organization_id: string | null;
  created_at: Date;
  owner_user_id: string | null;
  owner_organization_id: string | null;
}

const toBot = (row: BotRow): Bot => ({
  id: row.id,
  username: row.username,
  name: row.name,
  organizationId: row.organization_id,
  owner: ownerOf({ userId: row.owner_user_id, organizationId: row.owner_organization_id }),
  createdAt: row.created_at,
});

const columns = ({ kind, id }: BotOwner) => ({
  owner_user_id: kind === 'user' ? id : null,
  owner_organization_id: kind === 'organization' ? id : null,
});

const bots = (db: Queryable) =>
  db('bots as b')
    .join('users as u', 'u.id', 'b.user_id')
    .select('u.id', 'u.username', 'u.name', 'u.organization_id', 'u.created_at', 'b.*');

/** Makes a new user a bot. */
export async function insertBot(trx: Transaction, userId: string, owner: BotOwner): Promise<void> {
  await trx('users').where('id', userId).update({ is_bot: true });
  await trx('bots').insert({ user_id: userId, ...columns(owner) });
}

export async function findBot(db: Queryable, id: string): Promise<Bot | undefined> {
  const row: BotRow | undefined = await bots(db).where('b.user_id', id).first();
  return row && toBot(row);
}

/** Newest first. */
export async function findBotsOf(db: Queryable, owners: readonly BotOwner[]): Promise<Bot[]> {
  const rows: BotRow[] = await bots(db)
    .where((any) => {
      for (const { kind, id } of owners) any.orWhere(`b.owner_${kind}_id`, id);
    })
    .orderBy('u.id', 'desc');
  return rows.map(toBot);
}

export async function setBotOwner(trx: Transaction, id: string, owner: BotOwner): Promise<void> {
  await trx('bots').where('user_id', id).update(columns(owner));
}
