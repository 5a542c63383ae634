import type { Caller, HookCommand } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { commandsIn, countCommands, deleteCommandRow, insertCommand } from '../stores/commands.ts';
import { type Context, nowOf } from './context.ts';
import { requireMember, requireRooms } from './room-rights.ts';
import { requireHook } from './view-hooks.ts';

const maxPerRoom = 100;

/** @throws AppError `command_taken`, `limit_reached`, and as `requireRooms` */
export async function createCommand(
  context: Context,
  caller: Caller,
  hookId: string,
  wanted: Pick<HookCommand, 'roomId' | 'word' | 'description'>,
): Promise<HookCommand> {
  const { db, newId } = context;
  await requireHook(context, caller.userId, hookId);
  await requireRooms(context, caller, [wanted.roomId]);
  if ((await countCommands(db, wanted.roomId)) >= maxPerRoom) throw new AppError('limit_reached');
  const command = { ...wanted, id: newId(), hookId, createdAt: nowOf(context).toISOString() };
  if (!(await insertCommand(db, command))) throw new AppError('command_taken');
  return command;
}

/** For members of the room, by word. */
export async function listCommands(context: Context, caller: Caller, roomId: string): Promise<HookCommand[]> {
  await requireMember(context, caller, roomId);
  return commandsIn(context.db, roomId);
}

/** @throws AppError `hook_not_found`, `command_not_found` */
export async function deleteCommand(
  context: Context,
  ownerId: string,
  hookId: string,
  commandId: string,
): Promise<void> {
  await requireHook(context, ownerId, hookId);
  if (!(await deleteCommandRow(context.db, hookId, commandId))) throw new AppError('command_not_found');
}
