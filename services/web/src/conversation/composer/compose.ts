import type { Message } from '@parley/client';
import { type Draft, type Edit, loadDraft, saveDraft } from './drafts.ts';

/** The edit that is in the composer. */
export const shownEdit = ({ edits }: Draft): Edit | undefined => edits.find(({ isSaving }) => !isSaving);

/** Without a `next`, the edit ends. */
const replaced = ({ edits }: Draft, edit: Edit | undefined, next?: Edit) => ({
  edits: edits.flatMap((each) => (each === edit ? (next ?? []) : each)),
});

/**
 * The actions of a user in the composer of a room. They work on the draft as it is then, also after
 * the room was left.
 */
export function composeIn(ownId: string, roomId: string) {
  const load = () => loadDraft(ownId, roomId);
  const change = (next: Partial<Draft>) => saveDraft(ownId, roomId, { ...load(), ...next });
  return {
    setText(text: string): void {
      const draft = load();
      const edit = shownEdit(draft);
      change(edit ? replaced(draft, edit, { ...edit, text }) : { text });
    },
    reply(replyTo: Message): void {
      const draft = load();
      change({ ...replaced(draft, shownEdit(draft)), replyTo });
    },
    /** Puts the message into the composer. Another edit with changes comes after it. */
    edit(message: Message): void {
      const { edits } = load();
      const known = edits.find((edit) => edit.message.id === message.id);
      const others = edits.filter(
        (edit) => edit.isSaving || (edit !== known && edit.text !== edit.message.content),
      );
      change({ edits: [{ message, text: known?.text ?? message.content }, ...others] });
    },
    /** Ends editing, or else the reply. Returns whether there was either. */
    cancel(): boolean {
      const draft = load();
      const edit = shownEdit(draft);
      if (!edit && !draft.replyTo) return false;
      change(edit ? replaced(draft, edit) : { replyTo: undefined });
      return true;
    },
    sent: (): void => change({ text: '', replyTo: undefined }),
    /** Keeps the edit until it is saved, and offers it again if that fails. Rejects with `work`. */
    async save(work: Promise<void>): Promise<void> {
      const before = load();
      const edit = shownEdit(before);
      if (!edit) return work;
      const saving = { ...edit, isSaving: true };
      change(replaced(before, edit, saving));
      try {
        await work;
        change(replaced(load(), saving));
      } catch (error) {
        const draft = load();
        const isEditedAnew = draft.edits.some(
          (each) => each !== saving && each.message.id === edit.message.id,
        );
        change(isEditedAnew ? replaced(draft, saving) : replaced(draft, saving, edit));
        throw error;
      }
    },
  };
}
