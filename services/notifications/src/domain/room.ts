import type { RoomKind } from '@parley/contracts';

/** What a notification says of its room. */
export interface Room {
  id: string;
  kind: RoomKind;
  name: string | null;
}

/** A member as the directory tells of them; `active: false`, and no name, once they have gone. Of two states the one with the higher version is the later. */
export interface MemberState {
  roomId: string;
  userId: string;
  username: string;
  active: boolean;
  version: number;
}
