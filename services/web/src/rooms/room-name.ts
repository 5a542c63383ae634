import type { RoomView } from '@parley/client';
import { useShownNames } from '../texts/user-name.ts';

/** Returns a function from a room to its name, or that of the other user of a direct room. */
export function useRoomName(): (room: Pick<RoomView, 'kind' | 'name' | 'peer'>) => string {
  const shownName = useShownNames();
  return ({ kind, name, peer }) =>
    kind === 'direct' ? shownName(peer ?? { username: '', name: '' }) : (name ?? '');
}
