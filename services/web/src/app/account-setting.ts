import { useSyncExternalStore } from 'react';

/**
 * A choice of a user for this browser. Other accounts of the browser have their own choices, and
 * signing out keeps them.
 * @param parse returns the default for `null` and for a text that nobody can have chosen
 */
export function createAccountSetting<T>(name: string, parse: (text: string | null) => T) {
  const listeners = new Set<() => void>();
  const unchosen = parse(null);
  const keyOf = (userId: string) => `parley.${name}.${userId}`;
  let known: { key: string; text: string | null; value: T } | undefined;
  const read = (userId: string): T => {
    const key = keyOf(userId);
    const text = localStorage.getItem(key);
    if (known?.key !== key || known.text !== text) known = { key, text, value: parse(text) };
    return known.value;
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    addEventListener('storage', listener);
    return () => {
      listeners.delete(listener);
      removeEventListener('storage', listener);
    };
  };
  return {
    read,
    save(userId: string, text: string): void {
      localStorage.setItem(keyOf(userId), text);
      for (const listener of listeners) listener();
    },
    /** @param userId undefined while nobody is logged in */
    useValue: (userId: string | undefined): T =>
      useSyncExternalStore(subscribe, () => (userId === undefined ? unchosen : read(userId))),
  };
}
