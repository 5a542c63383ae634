import { type Operations, ParleyError, type RoomView } from '@parley/client';
import { debounce } from './debounce.ts';
import type { Following } from './follower.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, onReturn } from './live.ts';
import { LiveRoomStore } from './live-room-store.ts';
import { afterUpdate, isSame } from './room-changes.ts';
import type { RoomsStore } from './rooms-store.ts';
import type { UserNamesStore } from './user-names-store.ts';

export type MemberView = Operations['listMembers']['output']['members'][number];

export interface RoomState {
  /** `null` until it is loaded or in the list, and for rooms that the user may not see. */
  room: RoomView | null;
  /** In the order in which they joined; at most 1,000. Empty unless the user is one of them. */
  members: MemberView[];
  loading: boolean;
  error: ParleyError | null;
}

const initial: RoomState = { room: null, members: [], loading: true, error: null };

/** One room and its members. Follows the room if the user belongs to it. */
export class RoomStore extends LiveRoomStore<RoomState> {
  readonly #rooms: Pick<RoomsStore, 'find'>;
  readonly #userNames: UserNamesStore;
  #loading = 0;
  #isDeleted = false;
  /** The user has ceased to be a member since the last load. */
  #hasLeft = false;
  #following: Following | undefined;

  constructor(login: Login, roomId: string, rooms: Pick<RoomsStore, 'find'>, userNames: UserNamesStore) {
    super(login, initial, roomId);
    this.#rooms = rooms;
    this.#userNames = userNames;
  }

  /** Loads the room and its members again, also after changes of roles, which are not announced. */
  readonly methods = {
    reload: async (): Promise<void> => {
      const { live, lifetime } = this;
      if (live && lifetime) await this.#load(live, lifetime);
    },
  };

  protected start(live: Live, lifetime: Lifetime): void {
    this.#isDeleted = false;
    this.#hasLeft = false;
    const room = this.#rooms.find(this.roomId);
    if (room) this.patch({ room });
    const load = () => void this.#load(live, lifetime);
    lifetime.onEnd(this.#userNames.use());
    const reload = debounce(() => !this.#hasLeft && load(), lifetime);
    this.listen(live, lifetime, ['added'], () => {
      this.#hasLeft = false;
    });
    this.listen(live, lifetime, ['joined', 'left', 'added', 'reset'], reload);
    this.listen(live, lifetime, ['removed'], ({ reason }) => {
      if (!this.#removed(reason)) reload();
    });
    this.listen(live, lifetime, ['updated'], (event) => {
      const { room } = this.get();
      if (room) this.patch({ room: afterUpdate(room, event) });
    });
    onReturn(live, lifetime, load);
    lifetime.onEnd(() => this.#follow(undefined));
    load();
  }

  /**
   * Shows what the user may still see of the room. Returns false if only the server knows, because
   * a request for a room that they may not see fails.
   */
  #removed(reason: string): boolean {
    const { room } = this.get();
    const isOpen = room?.kind === 'channel' && !room.isPrivate;
    if (reason !== 'deleted' && reason !== 'left' && (reason !== 'removed' || isOpen)) return false;
    this.#isDeleted = reason === 'deleted';
    this.#hasLeft = true;
    this.#loading += 1;
    this.#follow(undefined);
    const shown =
      isOpen && reason === 'left'
        ? { room: { ...room, role: null, memberCount: room.memberCount - 1 }, error: null }
        : {
            room: null,
            error: new ParleyError('room_not_found', 'You do not belong to this room any more.'),
          };
    this.set({ ...shown, members: [], loading: false });
    return true;
  }

  #follow(following: Following | undefined): void {
    this.#following?.release();
    this.#following = following;
  }

  async #load({ client, follower }: Live, lifetime: Lifetime): Promise<void> {
    if (this.#isDeleted) return;
    const { roomId } = this;
    const number = ++this.#loading;
    const isLate = () => lifetime.isOver || number !== this.#loading;
    this.#hasLeft = false;
    this.patch({ loading: true });
    try {
      const room = await client.room(roomId);
      if (isLate()) return;
      // Each load follows the room anew, in case that the user has left it meanwhile.
      this.#follow(room.role ? follower.follow(roomId) : undefined);
      const { members } = room.role
        ? await client.api.listMembers({ roomId, limit: 1_000 })
        : { members: [] };
      if (isLate()) return;
      this.#userNames.learn(members);
      const before = this.get();
      this.set({
        room: isSame(before.room, room) ? before.room : room,
        members: isSame(before.members, members) ? before.members : members,
        loading: false,
        error: null,
      });
    } catch (thrown) {
      if (isLate()) return;
      const error = ParleyError.from(thrown);
      this.patch({ loading: false, error, ...(!error.retryable && { room: null, members: [] }) });
    }
  }
}
