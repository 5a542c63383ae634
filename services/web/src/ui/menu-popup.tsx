import { Menu as Primitive } from 'radix-ui/internal';
import { type ReactNode, useRef } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { type MenuItemProps, MenuPartsContext } from './menu-parts.ts';
import { type PopupProps, usePopupFocus } from './use-popup.ts';
import './menu.css';

function Item({ icon, danger = false, onSelect, children }: MenuItemProps) {
  return (
    <Primitive.Item className={danger ? 'menu-item danger' : 'menu-item'} onSelect={onSelect}>
      {icon}
      {children}
    </Primitive.Item>
  );
}

const parts = { Item, Line: () => <Primitive.Separator className="menu-line" /> };

/** An open menu, at its button. */
export function MenuPopup({ children, ...popup }: PopupProps & { children: ReactNode }) {
  const { id, anchor, byKeyboard, onClose } = popup;
  const { direction } = useTexts();
  const focus = usePopupFocus(popup);
  // Radix does not know that a key has opened it. Then the first action has the focus.
  const isEntered = useRef(!byKeyboard);
  const enter = (event: Event) => {
    if (isEntered.current) return;
    isEntered.current = true;
    event.preventDefault();
    const menu = event.currentTarget as HTMLElement;
    menu.querySelector<HTMLElement>('[role="menuitem"]')?.focus({ preventScroll: true });
  };
  return (
    <Primitive.Root open dir={direction} modal={false} onOpenChange={(open) => !open && onClose()}>
      <Primitive.Anchor virtualRef={anchor} />
      <Primitive.Portal>
        {/* All contents of a page belong into landmarks, and menus are at its end. */}
        <section aria-labelledby={`${id}-button`}>
          <Primitive.Content
            id={id}
            aria-labelledby={`${id}-button`}
            className="menu"
            align="end"
            sideOffset={4}
            collisionPadding={8}
            onEntryFocus={enter}
            {...focus}
          >
            <MenuPartsContext value={parts}>{children}</MenuPartsContext>
          </Primitive.Content>
        </section>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
