import { useState } from 'react';
import { useErrorText } from '../texts/error-text.ts';

export interface Action {
  /** The id that is being worked on. */
  busy: string | undefined;
  error: string | undefined;
  run(id: string): void;
}

/** Runs an action on one row of a list at a time, and keeps its error for the reader. */
export function useAction(work: (id: string) => Promise<unknown>): Action {
  const errorText = useErrorText();
  const [state, setState] = useState<{ busy?: string; error?: string }>({});
  const run = (id: string) => {
    if (state.busy) return;
    setState({ busy: id });
    work(id).then(
      () => setState({}),
      (error: unknown) => setState({ error: errorText(error) }),
    );
  };
  return { busy: state.busy, error: state.error, run };
}
