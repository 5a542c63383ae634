import { type FormEvent, useState } from 'react';
import { type FieldLabels, useErrorText } from '../texts/error-text.ts';

export interface Submit {
  busy: boolean;
  /** Why the last attempt failed. */
  error: string | undefined;
  onSubmit(event: FormEvent): void;
  /** Runs the work without an event. */
  run(): void;
}

/**
 * Runs the work of a form once at a time, and keeps its error for the reader.
 * @param labels of the fields that the server may refuse
 */
export function useSubmit(work: () => Promise<unknown>, labels?: FieldLabels): Submit {
  const errorText = useErrorText();
  const [state, setState] = useState<{ busy: boolean; error?: string }>({ busy: false });
  const run = () => {
    if (state.busy) return;
    setState({ busy: true });
    work().then(
      () => setState({ busy: false }),
      (error: unknown) => setState({ busy: false, error: errorText(error, labels) }),
    );
  };
  return {
    busy: state.busy,
    error: state.error,
    run,
    onSubmit: (event) => {
      event.preventDefault();
      run();
    },
  };
}
