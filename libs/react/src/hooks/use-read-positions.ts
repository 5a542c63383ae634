import type { ReadPositions } from '../stores/read-positions-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useReadable } from './use-readable.ts';

/** How far the members of a room (at most 1,000) have read it: user → the last `seq` read. */
export const useReadPositions = (roomId: string): ReadPositions =>
  useReadable(useParleyStore().readPositions.get(roomId));
