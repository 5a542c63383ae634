import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from './button.tsx';
import './dialog.css';

interface DialogProps {
  title: string;
  /** Called by Escape, the close button and a click outside. */
  onClose(): void;
  /** The title is for screen readers only, and there is no close button. */
  bare?: boolean;
  className?: string;
  children: ReactNode;
}

/** Not the close button, which is the first control: the first field, or the first answer. */
function focusFirstField(event: Event): void {
  const dialog = event.currentTarget as HTMLElement;
  const field = dialog.querySelector<HTMLElement>('input, textarea, select, .dialog-foot button');
  if (!field) return;
  event.preventDefault();
  field.focus();
}

/** A modal dialog: mount it to open it. Returns the focus to where it was. */
export function Dialog({ title, onClose, bare = false, className = '', children }: DialogProps) {
  const texts = useTexts();
  return (
    <Primitive.Root open onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="dialog-scrim" />
        <Primitive.Content
          className={`dialog ${className}`}
          aria-describedby={undefined}
          onOpenAutoFocus={focusFirstField}
        >
          <header className={bare ? 'sr-only' : 'dialog-head'}>
            <Primitive.Title>{title}</Primitive.Title>
            {!bare && (
              <Primitive.Close asChild>
                <IconButton label={texts.common.close} icon={<X size={18} />} />
              </Primitive.Close>
            )}
          </header>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
