import { type Operations, ParleyError, type RoomView } from '@parley/client';
import { debounce } from './debounce.ts';
import type { Following } from './follower.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen, onReturn } from './live.ts';
import { LiveStore } from './live-store.ts';
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

/** Changes of one moment lead to one request. */
const reloadAfterMs = 300;

/** One room and its members. Follows the room if the user belongs to it. */
export class RoomStore extends LiveStore<RoomState> {
  readonly #roomId: string;
  readonly #rooms: Pick<RoomsStore, 'find'>;
  readonly #userNames: UserNamesStore;
  #loading = 0;
  #isDeleted = false;
  #following: Following | undefined;

  constructor(login: Login, roomId: string, rooms: Pick<RoomsStore, 'find'>, userNames: UserNamesStore) {
    super(login, initial);
    this.#roomId = roomId;
    this.#rooms = rooms;
    this.#userNames = userNames;
  }

  /** Loads the room and its members again, also after changes of roles, which are not announced. */
  readonly reload = async (): Promise<void> => {
    const { live, lifetime } = this;
    if (live && lifetime) await this.#load(live, lifetime);
  };

  protected start(live: Live, lifetime: Lifetime): void {
    this.#isDeleted = false;
    const room = this.#rooms.find(this.#roomId);
    if (room) this.patch({ room });
    const load = () => void this.#load(live, lifetime);
    lifetime.onEnd(this.#userNames.use());
    const reload = debounce(load, reloadAfterMs, lifetime);
    for (const name of ['joined', 'left', 'added', 'reset'] as const)
      listen(live, lifetime, name, ({ roomId }) => {
        if (roomId === this.#roomId) reload();
      });
    listen(live, lifetime, 'removed', ({ roomId, reason }) => {
      if (roomId !== this.#roomId) return;
      if (reason === 'deleted') this.#deleted();
      else reload();
    });
    listen(live, lifetime, 'updated', (event) => {
      const { room } = this.get();
      if (room?.id === event.roomId) this.patch({ room: afterUpdate(room, event) });
    });
    onReturn(live, lifetime, load);
    lifetime.onEnd(() => this.#follow(undefined));
    load();
  }

  /** The room does not exist any more, so nothing asks for it again. */
  #deleted(): void {
    this.#isDeleted = true;
    this.#loading += 1;
    this.#follow(undefined);
    const error = new ParleyError('room_not_found', 'The room was deleted.');
    this.set({ room: null, members: [], loading: false, error });
  }

  #follow(following: Following | undefined): void {
    this.#following?.release();
    this.#following = following;
  }

  async #load({ client, follower }: Live, lifetime: Lifetime): Promise<void> {
    if (this.#isDeleted) return;
    const roomId = this.#roomId;
    const number = ++this.#loading;
    const isLate = () => lifetime.isOver || number !== this.#loading;
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
