import type { Person, Seat } from './presence-store.ts';

/** A user in a room. */
export interface Watch {
  roomId: string;
  userId: string;
}

/** `came`: with the user's first connection in the room; `went`: with the last. */
export type Passage = Watch & { username: string; what: 'came' | 'went' };

/** A connection in a room. Its `userId` is the name of the watch. */
export interface RoomSeat extends Seat {
  roomId: string;
  startedAt: number;
  /** Whether coming and going may be announced. The seat is stored when this is known. */
  mayAnnounce: Promise<boolean>;
  isKnown: boolean;
}

/** Under this name, the store counts the connections of a user in a room. */
export const nameOf = ({ roomId, userId }: Watch): string => `${roomId}/${userId}`;

export function watchOf(name: string): Watch {
  const [roomId = '', userId = ''] = name.split('/');
  return { roomId, userId };
}

export const passageOf = ({ userId: name, username }: Person, what: Passage['what']): Passage => ({
  ...watchOf(name),
  username,
  what,
});
