import { useMemo, useSyncExternalStore } from 'react';
import { composeIn, shownEdit } from './compose.ts';
import { loadDraft, subscribeToDrafts } from './drafts.ts';

/**
 * The state of the composer: a draft, possibly a reply, and besides it the message that is being
 * edited. Editing does not touch the draft.
 */
export function useComposer(ownId: string, roomId: string) {
  const draft = useSyncExternalStore(subscribeToDrafts, () => loadDraft(ownId, roomId));
  const actions = useMemo(() => composeIn(ownId, roomId), [ownId, roomId]);
  return useMemo(() => {
    const editing = shownEdit(draft);
    const shown = { text: editing?.text ?? draft.text, replyTo: draft.replyTo, editing: editing?.message };
    return { ...shown, ...actions };
  }, [draft, actions]);
}

export type ComposerState = ReturnType<typeof useComposer>;
