import type { PinsState } from '../stores/pins-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useReadable } from './use-readable.ts';

/** The pinned messages of a room. `api.pinMessage` and `api.unpinMessage` change them. */
export const usePins = (roomId: string): PinsState => useReadable(useParleyStore().pins.get(roomId));
