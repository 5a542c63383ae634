import { useState } from 'react';
import { useErrorText } from '../texts/error-text.ts';

export interface Stored<T> {
  /** As the reader has changed it, also while that is being stored; undefined: not loaded yet. */
  value: T | undefined;
  change(next: Partial<T>): void;
  /** Why the last change was not stored. */
  error: string | undefined;
}

/** Settings that are stored with each change. */
export function useStored<T extends object>(
  stored: T | undefined,
  store: (next: Partial<T>) => Promise<void> | undefined,
): Stored<T> {
  const errorText = useErrorText();
  const [error, setError] = useState<string>();
  const [changes, setChanges] = useState<Partial<T>>({});
  const change = async (next: Partial<T>) => {
    setError(undefined);
    setChanges((others) => ({ ...others, ...next }));
    try {
      await store(next);
    } catch (failure) {
      setError(errorText(failure));
    }
    // A later change of the same field is still being stored.
    const isDone = (field: string, value: unknown) => field in next && next[field as keyof T] === value;
    setChanges((all) => withoutFields(all, isDone));
  };
  return { value: stored && { ...stored, ...changes }, change: (next) => void change(next), error };
}

const withoutFields = <T extends object>(all: T, isGone: (field: string, value: unknown) => boolean): T =>
  Object.fromEntries(Object.entries(all).filter(([field, value]) => !isGone(field, value))) as T;
