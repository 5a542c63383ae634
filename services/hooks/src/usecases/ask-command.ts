import type { Caller, HookCommand, Message } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { z } from 'zod';
import type { StoredHook } from '../domain/hook.ts';
import { programClientId } from '../domain/program-message.ts';
import { findCommand } from '../stores/commands.ts';
import { findHook } from '../stores/hooks.ts';
import { type Context, nowOf } from './context.ts';
import { requireAuthor, requireContent } from './post-incoming.ts';
import { requireMember } from './room-rights.ts';
import { isSuccess, sendSigned } from './send-signed.ts';

const answerMs = 3_000;
const commandAnswer = z.object({
  text: z.string().nullish(),
  visibleTo: z.enum(['caller', 'room']).default('caller'),
});

export interface CommandResult {
  visibleTo: 'caller' | 'room';
  text: string | null;
  message: Message | null;
}

export interface AnsweringHook {
  command: HookCommand;
  hook: StoredHook;
}

/** The webhook that answers the word in the room. */
export async function findAnswering(
  { db }: Context,
  roomId: string,
  word: string,
): Promise<AnsweringHook | undefined> {
  const command = await findCommand(db, roomId, word);
  const hook = command && (await findHook(db, command.hookId));
  return command && hook?.state === 'active' ? { command, hook } : undefined;
}

/**
 * The owner, as the author of answers for everybody.
 * @throws AppError if the owner does not belong to the room: the word has no answer there
 */
export async function requireOwner(context: Context, { command, hook }: AnsweringHook): Promise<Caller> {
  const owner = await requireAuthor(context, hook.ownerId);
  await requireMember(context, owner, command.roomId);
  return owner;
}

/**
 * Asks the webhook, and writes its answer if that is for everybody.
 * @param asked.key identifies the request: repeated with the same, nothing is written twice
 * @param asked.threadRoot a message of the thread in which to answer
 * @throws AppError `timeout` or `unavailable` without a usable answer; as the room's writer refuses
 */
export async function askCommand(
  context: Context,
  { command, hook }: AnsweringHook,
  asked: {
    owner: Caller;
    by: Pick<Caller, 'userId' | 'username'>;
    text: string;
    key: string;
    messageId?: string;
    threadRoot?: string;
    signal?: AbortSignal;
  },
): Promise<CommandResult> {
  const { roomId, word } = command;
  const { owner, by, text, key, messageId, threadRoot, signal } = asked;
  const id = programClientId('command', key);
  const { userId, username } = by;
  const body = JSON.stringify({
    type: 'command',
    timestamp: nowOf(context).toISOString(),
    data: { hookId: hook.id, roomId, word, text, userId, username, ...(messageId && { messageId }) },
  });
  const sent = await sendSigned(
    context,
    hook,
    { id, body },
    { ignoreBody: false, timeoutMs: answerMs, ...(signal && { signal }) },
  );
  if (!isSuccess(sent)) throw new AppError(sent.timedOut ? 'timeout' : 'unavailable');
  const answer = parseAnswer(sent.body);
  if (!answer.text) return { visibleTo: answer.visibleTo, text: null, message: null };
  const content = requireContent(answer.text);
  if (answer.visibleTo === 'caller') return { visibleTo: 'caller', text: content, message: null };
  const message = await context.submitter.message(owner, {
    ...{ op: 'send', roomId, content, clientId: id, replyTo: null, isEncrypted: false },
    ...(threadRoot !== undefined && { threadRoot }),
  });
  return { visibleTo: 'room', text: content, message };
}

/** @throws AppError `unavailable` for something else than the documented JSON */
function parseAnswer(body: string): z.output<typeof commandAnswer> {
  if (body.trim() === '') return { visibleTo: 'caller' };
  try {
    return commandAnswer.parse(JSON.parse(body));
  } catch (error) {
    throw new AppError('unavailable', { cause: error });
  }
}
