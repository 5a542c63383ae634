import { type Caller, type Draft, maxDrafts } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { countItems } from '../stores/account.ts';
import { findMessage, findMessages } from '../stores/timeline.ts';
import { changeAccount } from './change-account.ts';
import type { CommonContext, Context } from './context.ts';
import { requireReader } from './room-access.ts';

/**
 * Stores or removes a draft, unless another device has changed it since `ifSeq`. Storing what is
 * stored already succeeds, so a request may be repeated.
 * @param draft.threadRoot a message of the thread in which the draft is
 * @throws AppError `state_changed` with the present draft; `message_not_found`, `limit_reached`
 */
export async function putDraft(
  context: CommonContext,
  caller: Caller,
  roomId: string,
  {
    content,
    replyTo = null,
    threadRoot,
    ifSeq,
  }: Pick<Draft, 'content'> & {
    replyTo?: string | null | undefined;
    threadRoot?: string | undefined;
    ifSeq: number;
  },
): Promise<{ draft: Draft | null; seq: number }> {
  const database = context.databases.of(roomId);
  await requireReader(database, caller, roomId);
  const subjectId = threadRoot ? await findRoot(database, roomId, threadRoot) : roomId;
  const { userId } = caller;
  const isEmpty = content === '' && replyTo === null;
  const { data: draft, seq } = await changeAccount(
    context,
    { userId, kind: 'draft', subjectId, roomId },
    async (present, trx) => {
      const stored = present?.data ?? null;
      if (isEmpty ? stored === null : stored?.content === content && stored.replyTo === replyTo)
        return stored;
      const seq = present?.seq ?? 0;
      if (seq !== ifSeq) throw new AppError('state_changed', { current: { seq, draft: stored } });
      if (isEmpty) return null;
      if (!stored && (await countItems(trx, userId, 'draft')) >= maxDrafts)
        throw new AppError('limit_reached', { detail: `At most ${maxDrafts} drafts. Remove one first.` });
      return { content, replyTo, updatedAt: new Date(context.clock()).toISOString() };
    },
  );
  return { draft, seq };
}

/** A thread has one level, and therefore one draft. */
async function findRoot({ db }: Context, roomId: string, messageId: string): Promise<string> {
  const row = await findMessage(db, roomId, messageId);
  if (!row) throw new AppError('message_not_found');
  if (row.threadRootSeq === null) return row.id;
  const [root] = await findMessages(db, [{ roomId, seq: row.threadRootSeq }]);
  return root?.id ?? row.id;
}
