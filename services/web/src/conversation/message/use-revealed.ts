import { type FocusEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';

const longPressMs = 450;

/**
 * Whether the actions of a row are shown: while the mouse is over it, while the focus is within it,
 * and after a long press until the next touch elsewhere.
 */
export function useRevealed() {
  const [isHovered, setHovered] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const [isHeld, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const row = useRef<HTMLElement>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!isHeld) return;
    const close = ({ target }: Event) => {
      if (!row.current?.contains(target as Node)) setHeld(false);
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, [isHeld]);
  const handlers = useMemo(() => {
    const stop = () => clearTimeout(timer.current);
    return {
      onPointerEnter: (event: PointerEvent) => event.pointerType === 'mouse' && setHovered(true),
      onPointerLeave: () => {
        stop();
        setHovered(false);
      },
      onPointerDown: ({ pointerType }: PointerEvent) => {
        if (pointerType === 'mouse') return;
        timer.current = setTimeout(() => setHeld(true), longPressMs);
      },
      onPointerUp: stop,
      onPointerCancel: stop,
      onPointerMove: ({ pointerType, movementX, movementY }: PointerEvent) => {
        if (pointerType !== 'mouse' && Math.abs(movementX) + Math.abs(movementY) > 4) stop();
      },
      onFocus: () => setFocused(true),
      onBlur: ({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) => {
        if (!currentTarget.contains(relatedTarget)) setFocused(false);
      },
    };
  }, []);
  return { row, isRevealed: isHovered || isFocused || isHeld, handlers };
}
