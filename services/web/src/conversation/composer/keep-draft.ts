import type { Account } from '@parley/client';
import { loadDraft, saveDraft, subscribeToDrafts } from './drafts.ts';
import { mergeDraft } from './merge-draft.ts';

/** A pause in typing after which the other devices get the draft. */
const pauseMs = 1_500;

/**
 * Keeps the draft of a room the same on all devices of the user. Returns a function that stores
 * the last change and stops.
 */
export function keepDraft(
  account: Pick<Account, 'draft' | 'putDraft' | 'onChange'>,
  userId: string,
  roomId: string,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The text that was sent to the account last. */
  let sent: string | undefined;
  let isStoring = false;
  let isOver = false;

  /** Returns whether the account is to get the text. */
  const merge = (): boolean => {
    const draft = loadDraft(userId, roomId);
    const { text, agreed = '' } = draft;
    const theirs = account.draft(roomId)?.content ?? '';
    const merged = mergeDraft({ text, agreed: theirs === sent ? theirs : agreed }, theirs);
    if (merged.text !== text || merged.agreed !== agreed) saveDraft(userId, roomId, { ...draft, ...merged });
    return merged.text !== merged.agreed;
  };
  const store = async () => {
    timer = undefined;
    // Every draft of the account that is known has been merged, so nothing is overwritten.
    if (isStoring || !merge()) return;
    isStoring = true;
    sent = loadDraft(userId, roomId).text;
    // Upon a failure, the next change or connection tries again.
    const outcome = await account.putDraft(roomId, sent).catch(() => undefined);
    isStoring = false;
    if (outcome && !isOver) changed();
  };
  const changed = () => {
    clearTimeout(timer);
    // A draft that was sent or deleted here is deleted everywhere at once.
    const waitMs = loadDraft(userId, roomId).text === '' ? 0 : pauseMs;
    timer = merge() ? setTimeout(() => void store(), waitMs) : undefined;
  };
  const ends = [subscribeToDrafts(changed), account.onChange(changed)];
  changed();
  return () => {
    isOver = true;
    for (const end of ends) end();
    if (!timer) return;
    clearTimeout(timer);
    void store();
  };
}
