import { Popover } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { emoji } from './emoji.ts';
import './emoji-picker.css';

interface EmojiPickerProps {
  /** The button that opens it, which must accept a ref. */
  trigger: ReactNode;
  onPick(emoji: string): void;
  onOpenChange?(open: boolean): void;
  /** Called when the focus would return to the trigger; prevents it by `preventDefault()`. */
  onCloseAutoFocus?(event: Event): void;
}

const columns = emoji[0].length;
const steps: Record<string, number> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: columns,
  ArrowUp: -columns,
};

/** A small set of emoji. The arrow keys move through it. */
export function EmojiPicker({ trigger, onPick, onOpenChange, onCloseAutoFocus }: EmojiPickerProps) {
  const { conversation, direction } = useTexts();
  const [isOpen, setOpen] = useState(false);
  const change = (open: boolean) => {
    setOpen(open);
    onOpenChange?.(open);
  };
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
    <Popover.Root open={isOpen} onOpenChange={change}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="emoji-picker"
          aria-label={conversation.emoji}
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          {...(onCloseAutoFocus && { onCloseAutoFocus })}
          onKeyDown={move}
        >
          {emoji.flat().map((each) => (
            <button
              key={each}
              type="button"
              onClick={() => {
                onPick(each);
                change(false);
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
