import { createHash } from 'node:crypto';
import { ask } from '@parley/bus';
import {
  type Caller,
  calls,
  type IncomingMessage,
  id as idSchema,
  type Message,
  messagesApi,
} from '@parley/contracts';
import { AppError } from '@parley/errors';
import { hashToken } from '@parley/runtime';
import { programClientId } from '../domain/program-message.ts';
import { plainText, textOf } from '../domain/slack-text.ts';
import { deleteIncomingOf, findIncoming } from '../stores/incoming-hooks.ts';
import type { Context } from './context.ts';

const maxKeyLength = 255;
const maxTextLength = 10_000;

/**
 * Writes a message on behalf of the webhook's owner, if the owner may write to the room.
 * @param key a repeated request with the same key writes nothing
 */
export async function postIncoming(
  context: Context,
  token: string,
  posted: IncomingMessage,
  key: string | undefined,
): Promise<Message> {
  const { db, submitter, newId, limitIncoming } = context;
  const hook = await findIncoming(db, hashToken(token));
  if (!hook) throw new AppError('hook_not_found');
  await limitIncoming(hook.id);
  const owner = await requireAuthor(context, hook.ownerId);
  const text = textOf(posted);
  const content = requireContent(hook.format === 'slack' ? plainText(text) : text);
  const clientId = programClientId('incoming', key === undefined ? newId() : keyOf(hook.id, key));
  const username = `${posted.username ?? hook.name} (${owner.username})`;
  const { threadOf, thread_ts: thread } = posted;
  const threadRoot = threadOf ?? idSchema.safeParse(thread).data;
  return submitter.message(
    { ...owner, username },
    {
      ...{ op: 'send', roomId: hook.roomId, content, clientId, replyTo: null, isEncrypted: false },
      ...(threadRoot !== undefined && { threadRoot }),
    },
  );
}

/**
 * The owner of a webhook as the author of its messages. The rest of an erased owner is deleted.
 * @throws AppError `hook_not_found`
 */
export async function requireAuthor({ bus, db }: Context, userId: string): Promise<Caller> {
  const identity = await ask(bus, calls.getIdentity, { userId });
  if (!identity) {
    await deleteIncomingOf(db, userId);
    throw new AppError('hook_not_found');
  }
  const { username, organizationId, organizationRole } = identity;
  return { userId, username, sessionId: '', organizationId, organizationRole, contract: null };
}

/** @throws AppError `validation_failed` */
export function requireContent(text: string): string {
  const parsed = messagesApi.sendMessage.body?.safeParse({ content: text });
  if (parsed?.success) return parsed.data.content;
  const message = parsed?.error.issues[0]?.message ?? 'is not valid';
  const reason = text.trim() === '' ? 'required' : text.length > maxTextLength ? 'too_long' : 'characters';
  throw new AppError('validation_failed', {
    fields: [{ field: 'text', message, reason }],
    detail: `text: ${message}`,
  });
}

function keyOf(hookId: string, key: string): string {
  if (key === '' || key.length > maxKeyLength) {
    const message = `1 to ${maxKeyLength} characters`;
    const reason = key === '' ? 'required' : 'too_long';
    throw new AppError('validation_failed', { fields: [{ field: 'Idempotency-Key', message, reason }] });
  }
  return createHash('sha256').update(`${hookId} ${key}`).digest('base64url');
}
