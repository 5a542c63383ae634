import { useSyncExternalStore } from 'react';
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
