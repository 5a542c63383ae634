import { createHash } from 'node:crypto';
import type { Caller } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { typedCommand } from '../domain/typed-command.ts';
import { askCommand, type CommandResult, findAnswering, requireOwner } from './ask-command.ts';
import type { Context } from './context.ts';
import { requireMember } from './room-rights.ts';

/**
 * Asks the webhook that answers the word, as a member of the room. Both the caller and the owner of
 * the webhook must belong to it.
 * @throws AppError `command_not_found`, and as `askCommand`
 */
export async function runCommand(
  context: Context,
  caller: Caller,
  { roomId, text, clientId }: { roomId: string; text: string; clientId?: string | undefined },
): Promise<CommandResult> {
  await requireMember(context, caller, roomId);
  const typed = typedCommand(text);
  const answering = typed && (await findAnswering(context, roomId, typed.word));
  if (!answering) throw new AppError('command_not_found');
  const owner = await requireOwner(context, answering);
  const key = clientId === undefined ? context.newId() : keyOf(caller.userId, roomId, clientId);
  return askCommand(context, answering, { owner, by: caller, text: typed.text, key });
}

const keyOf = (...parts: string[]): string =>
  createHash('sha256').update(parts.join(' ')).digest('base64url');
