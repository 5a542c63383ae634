import { useEffect, useRef } from 'react';
import { useTexts } from '../texts/texts.tsx';

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** How a shortcut is written on the reader's keyboard: "⌘K" or "Ctrl K". */
export function useShortcutName(key: string): string {
  const { common } = useTexts();
  return isApple ? `⌘${key}` : `${common.control} ${key}`;
}

/** Calls `action` on Ctrl (or Command) and the key, anywhere on the page. */
export function useShortcut(key: string, action: () => void): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (event.key.toLowerCase() !== key) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [key]);
}
