import { useEffect, useSyncExternalStore } from 'react';
import { useRoomContext } from '../room-context.ts';
import type { Original } from './originals.ts';

/** The message that a reply refers to. */
export function useOriginal(id: string): Original {
  const { originals } = useRoomContext();
  useEffect(() => originals.want(id), [originals, id]);
  return useSyncExternalStore(originals.subscribe, () => originals.get(id));
}
