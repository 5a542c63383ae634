import { lazyPart } from '../../ui/lazy-part.tsx';
import { type Trigger, usePopup } from '../../ui/use-popup.ts';

const EmojiPopup = lazyPart(() => import('./emoji-popup.tsx').then(({ EmojiPopup }) => EmojiPopup));

interface EmojiPickerProps {
  /** The button that opens it. */
  trigger: Trigger;
  onPick(emoji: string): void;
  onOpenChange?(open: boolean): void;
  /** Called when the focus would return to the button. */
  onFocusReturn?(): void;
}

/** A button that opens a small set of emoji. */
export function EmojiPicker({ trigger, onPick, onOpenChange, onFocusReturn }: EmojiPickerProps) {
  const { button, popup } = usePopup('dialog', trigger, onOpenChange);
  return (
    <>
      {button}
      {popup && <EmojiPopup {...popup} {...{ onPick, onFocusReturn }} />}
    </>
  );
}
