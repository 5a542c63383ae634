import type { Message } from '@parley/client';

/** A message of the user's that they change. */
export interface Edit {
  message: Message;
  text: string;
  /** It is being saved; until then the text is kept. */
  isSaving?: boolean;
}

/** Text that a user has not sent yet. */
export interface Draft {
  text: string;
  replyTo?: Message | undefined;
  /** The text on which this device and the account agreed last. @default '' */
  agreed?: string;
  /** The first one that is not being saved is in the composer, instead of the text. */
  edits: readonly Edit[];
}

const empty: Draft = { text: '', edits: [] };
const allPrefix = 'parley.draft.';
const prefixOf = (userId: string) => `${allPrefix}${userId}.`;
const keyOf = (userId: string, roomId: string) => prefixOf(userId) + roomId;

/** The drafts of this page, also those that do not fit into the storage. */
const drafts = new Map<string, Draft>();
const listeners = new Set<() => void>();

/** Kept per account and room, also when the page is closed. Keeps its identity until it changes. */
export function loadDraft(userId: string, roomId: string): Draft {
  const key = keyOf(userId, roomId);
  const draft = drafts.get(key) ?? stored(key);
  drafts.set(key, draft);
  return draft;
}

function stored(key: string): Draft {
  try {
    const draft = { ...empty, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Draft>) };
    // A page that was closed meanwhile does not know whether an edit was saved.
    return { ...draft, edits: draft.edits.map(({ isSaving: _, ...edit }) => edit) };
  } catch {
    return empty;
  }
}

export function saveDraft(userId: string, roomId: string, draft: Draft): void {
  const key = keyOf(userId, roomId);
  drafts.set(key, draft);
  try {
    if (draft.text === '' && !draft.agreed && !draft.replyTo && draft.edits.length === 0)
      localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // The storage is full, so the draft is kept until the page is closed.
  }
  for (const listener of listeners) listener();
}

export function subscribeToDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Number of the user's drafts with a text that the account does not have. */
export const countDrafts = (userId: string): number =>
  storedKeys(prefixOf(userId))
    .map(stored)
    .filter(({ text, agreed, edits }) => (text.trim() !== '' && text !== agreed) || edits.length > 0).length;

/**
 * To be called when nobody is logged in any more.
 * @param isForGood whether the user has signed out; otherwise the storage keeps the drafts for them
 */
export function forgetDrafts(isForGood: boolean): void {
  drafts.clear();
  if (isForGood) for (const key of storedKeys()) localStorage.removeItem(key);
}

const storedKeys = (prefix = allPrefix): string[] =>
  Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '').filter((key) =>
    key.startsWith(prefix),
  );
