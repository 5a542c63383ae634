import { useState } from 'react';
import { useErrorText } from '../texts/error-text.ts';

export interface Action {
  /** Whether this row is being worked on. */
  isBusy(id: string): boolean;
  error: string | undefined;
  run(id: string): void;
}

/** Runs an action on rows of a list, once at a time on each, and keeps the last error. */
export function useAction(work: (id: string) => Promise<unknown>): Action {
  const errorText = useErrorText();
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<string>();
  const run = (id: string) => {
    if (busy.has(id)) return;
    setBusy((ids) => new Set(ids).add(id));
    setError(undefined);
    work(id)
      .catch((reason: unknown) => setError(errorText(reason)))
      .finally(() => setBusy((ids) => new Set([...ids].filter((other) => other !== id))));
  };
  return { isBusy: (id) => busy.has(id), error, run };
}
