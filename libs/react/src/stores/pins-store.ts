import { type Message, ParleyError } from '@parley/client';
import type { Lifetime } from './lifetime.ts';
import type { Live, Login } from './live.ts';
import { LiveRoomStore } from './live-room-store.ts';

export interface PinsState {
  /** The latest pin first. */
  pins: Message[];
  loading: boolean;
  error: ParleyError | null;
}

const initial: PinsState = { pins: [], loading: true, error: null };

/** The pinned messages of a room. Follows the room. */
export class PinsStore extends LiveRoomStore<PinsState> {
  constructor(login: Login, roomId: string) {
    super(login, initial, roomId);
  }

  protected start(live: Live, lifetime: Lifetime): void {
    const load = async () => {
      const { pins } = await live.client.api.listPins({ roomId: this.roomId });
      if (!lifetime.isOver) this.set({ pins, loading: false, error: null });
    };
    const failed = (thrown: unknown) => {
      const error = ParleyError.from(thrown);
      this.patch({ loading: false, error, ...(!error.retryable && { pins: [] }) });
    };
    const names = ['pinned', 'edited', 'deleted', 'reset', 'added', 'removed'] as const;
    this.keepLoaded(live, lifetime, names, load, failed);
  }
}
