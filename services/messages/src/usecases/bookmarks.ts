import { type Bookmark, type Caller, type Message, maxBookmarks } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { toMessage } from '../domain/timeline-row.ts';
import { countItems, findBookmarks } from '../stores/account.ts';
import { findAsked } from '../stores/message-changes.ts';
import { findMessage } from '../stores/timeline.ts';
import { changeAccount } from './change-account.ts';
import type { CommonContext } from './context.ts';
import { requireReader } from './room-access.ts';

type Numbered<T> = T & { seq: number };

/** @throws AppError `message_not_found`, also for a deleted one; `limit_reached` */
export async function putBookmark(
  context: CommonContext,
  caller: Caller,
  { roomId, messageId }: { roomId: string; messageId: string },
  note: string,
): Promise<Numbered<Bookmark>> {
  await requireReader(context.databases.of(roomId), caller, roomId);
  const { userId } = caller;
  const row = await findMessage(context.databases.of(roomId).db, roomId, messageId);
  if (!row || row.deletedAt) throw new AppError('message_not_found');
  const createdAt = new Date(context.clock()).toISOString();
  const { data, seq } = await changeAccount(
    context,
    { userId, kind: 'bookmark', subjectId: messageId, roomId },
    async (present, trx) => {
      if (!present?.data && (await countItems(trx, userId, 'bookmark')) >= maxBookmarks)
        throw new AppError('limit_reached', {
          detail: `At most ${maxBookmarks} bookmarks. Remove one first.`,
        });
      return { roomId, note, createdAt: present?.data?.createdAt ?? createdAt };
    },
  );
  return { roomId, note, createdAt, ...data, seq };
}

/** Also in rooms that the user has left, and of messages that are gone. */
export async function deleteBookmark(
  context: CommonContext,
  { userId }: Caller,
  messageId: string,
): Promise<void> {
  await changeAccount(context, { userId, kind: 'bookmark', subjectId: messageId }, () => null);
}

/** Only those in rooms that the user belongs to. */
export async function listBookmarks(
  { databases }: CommonContext,
  { userId }: Caller,
  query: { roomId?: string | undefined; before_seq?: number | undefined; limit: number },
): Promise<{ bookmarks: Numbered<Bookmark & { message: Message }>[]; before_seq: number | null }> {
  const { limit, roomId, before_seq: before } = query;
  const found = await findBookmarks(databases.home.db, userId, { roomId, before, limit: limit + 1 });
  const page = found.slice(0, limit);
  const asked = page.map(({ messageId, bookmark: { roomId } }) => ({ roomId, messageId }));
  const rows = await databases.gather(asked, ({ db }, some) => findAsked(db, some));
  const messages = new Map(rows.map((row) => [row.id, toMessage(row)]));
  return {
    bookmarks: page.flatMap(({ messageId, bookmark, seq }) => {
      const message = messages.get(messageId);
      return message ? [{ ...bookmark, seq, message }] : [];
    }),
    before_seq: found.length > page.length ? (page.at(-1)?.seq ?? null) : null,
  };
}
