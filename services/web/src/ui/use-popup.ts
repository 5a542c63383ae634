import {
  type ButtonHTMLAttributes,
  cloneElement,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type Ref,
  type RefObject,
  useId,
  useRef,
  useState,
} from 'react';

/** A button, which must pass these attributes on. */
export type Trigger = ReactElement<
  ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> }
>;

/** The properties of an open popup. */
export interface PopupProps {
  id: string;
  /** The button that has opened it. */
  anchor: RefObject<HTMLButtonElement | null>;
  byKeyboard: boolean;
  onClose(): void;
}

/**
 * A button that opens a popup. The popup itself is a part of its own, so that a page can show the
 * button without the code of the popup.
 * @returns the button to render, and the properties of the popup while it is open
 */
export function usePopup(
  kind: 'menu' | 'dialog',
  trigger: Trigger,
  onOpenChange?: (open: boolean) => void,
): { button: ReactElement; popup: PopupProps | undefined } {
  const id = useId();
  const anchor = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState<'pointer' | 'keyboard'>();
  const change = (next: typeof opened) => {
    setOpened(next);
    onOpenChange?.(next !== undefined);
  };
  const button = cloneElement(trigger, {
    ref: anchor,
    id: `${id}-button`,
    'aria-haspopup': kind,
    'aria-expanded': opened !== undefined,
    ...(opened && { 'aria-controls': id }),
    onClick: ({ detail }: MouseEvent) => change(opened ? undefined : detail > 0 ? 'pointer' : 'keyboard'),
    onKeyDown: (event: KeyboardEvent) => {
      if (kind !== 'menu' || event.key !== 'ArrowDown') return;
      event.preventDefault();
      change('keyboard');
    },
  });
  const onClose = () => change(undefined);
  return { button, popup: opened && { id, anchor, byKeyboard: opened === 'keyboard', onClose } };
}

/** For Radix: the focus returns to the button, unless the reader has gone elsewhere. */
export function usePopupFocus({ anchor }: PopupProps) {
  const hasLeft = useRef(false);
  return {
    onInteractOutside: (event: Event) => {
      // Pressing the button closes the popup by itself.
      if (anchor.current?.contains(event.target as Node)) event.preventDefault();
      else hasLeft.current = true;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      if (!hasLeft.current) anchor.current?.focus();
    },
  };
}
