import { useMemo, useSyncExternalStore } from 'react';
import type { Readable } from '../stores/value.ts';

/** The present value of a store. */
export const useReadable = <T>({ subscribe, get, getInitial }: Readable<T>): T =>
  useSyncExternalStore(subscribe, get, getInitial);

/**
 * A part of a store's value. The component renders again only if it changes.
 * @param select returns the same object while its content is the same
 */
export const useSelected = <T, Part>(readable: Readable<T>, select: (value: T) => Part): Part =>
  useSyncExternalStore(
    readable.subscribe,
    () => select(readable.get()),
    () => select(readable.getInitial()),
  );

/**
 * The present value of a store with its methods, in an object that changes with the value.
 * @param methods always the same object
 */
export function useWithMethods<T extends object, M extends object>(readable: Readable<T>, methods: M): T & M {
  const value = useReadable(readable);
  return useMemo(() => ({ ...value, ...methods }), [value, methods]);
}
