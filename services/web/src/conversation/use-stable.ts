import { useInsertionEffect, useRef, useState } from 'react';

/**
 * A function that keeps its identity and calls the latest `work`. For handlers that memoized rows
 * receive; not to be called while rendering.
 */
export function useStable<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  const latest = useRef(work);
  useInsertionEffect(() => {
    latest.current = work;
  });
  const [stable] = useState(
    () =>
      (...args: A) =>
        latest.current(...args),
  );
  return stable;
}
