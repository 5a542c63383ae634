import { Popover } from 'radix-ui';
import type { KeyboardEvent } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { type PopupProps, usePopupFocus } from '../../ui/use-popup.ts';
import { emoji } from './emoji.ts';
import './emoji-picker.css';

interface EmojiPopupProps extends PopupProps {
  onPick(emoji: string): void;
  onFocusReturn: (() => void) | undefined;
}

const columns = emoji[0].length;
const steps: Record<string, number> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: columns,
  ArrowUp: -columns,
};

/** A small set of emoji. The arrow keys move through it. */
export function EmojiPopup({ onPick, onFocusReturn, ...popup }: EmojiPopupProps) {
  const { conversation, direction } = useTexts();
  const { id, anchor, onClose } = popup;
  const { onInteractOutside, onCloseAutoFocus } = usePopupFocus(popup);
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const isMirrored = direction === 'rtl' && Math.abs(step) === 1;
    const index = buttons.indexOf(document.activeElement as HTMLButtonElement) + (isMirrored ? -step : step);
    buttons[index]?.focus();
  };
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal>
        <Popover.Content
          id={id}
          className="emoji-picker"
          aria-label={conversation.emoji}
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onInteractOutside={onInteractOutside}
          onCloseAutoFocus={(event) => {
            if (!onFocusReturn) return onCloseAutoFocus(event);
            event.preventDefault();
            onFocusReturn();
          }}
          onKeyDown={move}
        >
          {emoji.flat().map((each) => (
            <button
              key={each}
              type="button"
              onClick={() => {
                onPick(each);
                onClose();
              }}
            >
              {each}
            </button>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
