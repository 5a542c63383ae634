import { useCallback, useEffect, useRef, useState } from 'react';
import { useErrorText } from '../texts/error-text.ts';

export interface Loaded<T> {
  /** The last answer, kept while the next one is loaded. */
  data: T | null;
  error: string | undefined;
  loading: boolean;
  reload(): void;
}

/** Loads something when it is shown, and again whenever `key` changes. The last request wins. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const errorText = useErrorText();
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({
    data: null,
    error: undefined,
    loading: true,
  });
  const latest = useRef(load);
  latest.current = load;
  const number = useRef(0);
  const run = useCallback(() => {
    const own = ++number.current;
    const finish = (next: Partial<Loaded<T>>) => {
      if (own === number.current) setState((before) => ({ ...before, ...next, loading: false }));
    };
    setState((before) => ({ ...before, loading: true }));
    latest.current().then(
      (data) => finish({ data, error: undefined }),
      (error: unknown) => finish({ error: errorText(error) }),
    );
  }, [errorText]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what `load` uses
  useEffect(() => {
    run();
    return () => {
      number.current += 1;
    };
  }, [key, run]);
  return { ...state, reload: run };
}
