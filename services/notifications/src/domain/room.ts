import type { RoomKind } from '@parley/contracts';

/** The room of a notification. */
export interface Room {
  id: string;
  kind: RoomKind;
  name: string | null;
}

/**
 * A member's state; the higher version is the later one. Former members have `active: false` and no
 * name.
 */
export interface MemberState {
  roomId: string;
  userId: string;
  username: string;
  active: boolean;
  version: number;
  /** If the member joined an existing room. */
  joinedAt?: string;
}
