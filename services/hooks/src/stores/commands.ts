import type { HookCommand } from '@parley/contracts';
import type { Queryable } from '@parley/database';

interface CommandRow {
  id: string;
  hook_id: string;
  room_id: string;
  word: string;
  description: string;
  created_at: Date;
}

const toCommand = (row: CommandRow): HookCommand => ({
  id: row.id,
  hookId: row.hook_id,
  roomId: row.room_id,
  word: row.word,
  description: row.description,
  createdAt: row.created_at.toISOString(),
});

/** Returns false if the word is taken in the room. */
export async function insertCommand(trx: Queryable, command: HookCommand): Promise<boolean> {
  const rows = await trx('hook_commands')
    .insert({
      id: command.id,
      hook_id: command.hookId,
      room_id: command.roomId,
      word: command.word,
      description: command.description,
      created_at: new Date(command.createdAt),
    })
    .onConflict(['room_id', 'word'])
    .ignore()
    .returning('id');
  return rows.length > 0;
}

export async function countCommands(db: Queryable, roomId: string): Promise<number> {
  const row = await db('hook_commands').where({ room_id: roomId }).count({ count: '*' }).first();
  return Number(row?.count ?? 0);
}

/** By word. The limit per room bounds the list. */
export async function commandsIn(db: Queryable, roomId: string): Promise<HookCommand[]> {
  const rows: CommandRow[] = await db('hook_commands').where({ room_id: roomId }).orderBy('word');
  return rows.map(toCommand);
}

export async function findCommand(
  db: Queryable,
  roomId: string,
  word: string,
): Promise<HookCommand | undefined> {
  const row: CommandRow | undefined = await db('hook_commands').where({ room_id: roomId, word }).first();
  return row && toCommand(row);
}

/** Returns false if the webhook has no such command. */
export async function deleteCommandRow(db: Queryable, hookId: string, id: string): Promise<boolean> {
  return (await db('hook_commands').where({ id, hook_id: hookId }).delete()) > 0;
}

/**
 * Returns whether this replica is to offer the command of the message: every replica hears of it,
 * and repeatedly. Forgets those offered before `forgotten`, which must be too old to be heard of.
 */
export async function claimOffer(
  db: Queryable,
  messageId: string,
  { now, forgotten }: { now: Date; forgotten: Date },
): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `with old as (delete from offered_commands where offered_at < :forgotten)
     insert into offered_commands (message_id, offered_at) values (:messageId, :now)
     on conflict do nothing returning 1`,
    { messageId, now, forgotten },
  );
  return rows.length > 0;
}
