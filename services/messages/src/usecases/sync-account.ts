import type { AccountChange, AccountCursor, SyncedAccount } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { toAccountChange } from '../domain/account-item.ts';
import { findAccountHead, itemsAfter } from '../stores/account.ts';

/** Limits an answer, beyond its first change. */
const maxBytes = 262_144;

/**
 * Returns what changed in a user's account since a client's cursor of any age: one index range. A
 * cursor that is older than forgotten removals, or ahead of the account, starts from the beginning.
 * @param snapshot in which all reads see the same state
 */
export async function syncAccount(
  snapshot: Queryable,
  userId: string,
  { seq, more }: AccountCursor,
  limit: number,
): Promise<SyncedAccount> {
  const head = await findAccountHead(snapshot, userId);
  const isOld = !more && seq > 0 && seq < head.forgottenSeq;
  const reset = seq > head.seq || isOld;
  const items = await itemsAfter(snapshot, userId, reset ? 0 : seq, limit + 1);
  const page = items.slice(0, withinBytes(items, limit));
  const hasMore = page.length < items.length;
  return {
    seq: hasMore ? (page.at(-1)?.seq ?? seq) : head.seq,
    hasMore,
    changes: page.flatMap((item): AccountChange | AccountChange[] => toAccountChange(item) ?? []),
    ...(reset && { reset }),
  };
}

/** How many items an answer has. */
function withinBytes(items: readonly object[], limit: number): number {
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (index === limit || (index > 0 && bytes > maxBytes)) return index;
  }
  return items.length;
}
