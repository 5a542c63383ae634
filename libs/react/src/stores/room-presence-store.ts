import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen } from './live.ts';
import { LiveRoomStore } from './live-room-store.ts';
import type { PresenceStore } from './presence-store.ts';

/** Member → whether they are online. */
export type RoomPresence = Record<string, boolean>;

export interface PresenceOfRoom {
  /** At most 1,000. In large rooms as of the last load: no statuses are announced there. */
  members: RoomPresence;
  /** How many members of a large room are online; undefined in others. */
  counted?: number | undefined;
}

const nobody: PresenceOfRoom = { members: {} };

export const countOnline = ({ members, counted }: PresenceOfRoom): number =>
  counted ?? Object.values(members).filter(Boolean).length;

/** The presence of the members of a room. */
export class RoomPresenceStore extends LiveRoomStore<PresenceOfRoom> {
  readonly #presence: PresenceStore;

  constructor(login: Login, roomId: string, presence: PresenceStore) {
    super(login, nobody, roomId);
    this.#presence = presence;
  }

  protected start(live: Live, lifetime: Lifetime): void {
    const { session } = live;
    lifetime.onEnd(this.#presence.use());
    listen(live, lifetime, 'status', ({ userId, status }) => {
      const isOnline = status === 'online';
      const { members } = this.get();
      if (Object.hasOwn(members, userId) && members[userId] !== isOnline)
        this.patch({ members: { ...members, [userId]: isOnline } });
    });
    // Another store may have joined the room, and received the count, before.
    const count = () => this.patch({ counted: session.onlineIn(this.roomId) });
    count();
    this.listen(live, lifetime, ['roomPresence'], count);
    this.keepLoaded(live, lifetime, ['joined', 'left', 'added'], async () => {
      const users = await session.people(this.roomId);
      if (lifetime.isOver) return;
      this.#presence.learn(users);
      this.patch({ members: Object.fromEntries(users.map(({ userId, isOnline }) => [userId, isOnline])) });
    });
  }
}
