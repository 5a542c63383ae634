import type { SessionEvents } from '@parley/client';
import { debounce } from './debounce.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen, onReturn } from './live.ts';
import { LiveStore } from './live-store.ts';

/** The events that belong to one room. */
type RoomEvent = {
  [E in keyof SessionEvents]: SessionEvents[E] extends { roomId: string } ? E : never;
}[keyof SessionEvents];

/** A live store of one room. */
export abstract class LiveRoomStore<T> extends LiveStore<T> {
  protected readonly roomId: string;

  constructor(login: Login, initial: T, roomId: string) {
    super(login, initial);
    this.roomId = roomId;
  }

  /** Listens to events of the room until the lifetime ends. */
  protected listen<E extends RoomEvent>(
    live: Live,
    lifetime: Lifetime,
    names: readonly E[],
    listener: (event: SessionEvents[E]) => void,
  ): void {
    for (const name of names)
      listen(live, lifetime, name, (event) => {
        if ((event as { roomId: string }).roomId === this.roomId) listener(event);
      });
  }

  /**
   * Follows the room, and loads when no later event can be missed. Loads again a moment after one
   * of these events, and after an absence.
   */
  protected keepLoaded(
    live: Live,
    lifetime: Lifetime,
    names: readonly RoomEvent[],
    load: () => Promise<void>,
    failed: (error: unknown) => void = () => undefined,
  ): void {
    const { ready, release } = live.follower.follow(this.roomId);
    lifetime.onEnd(release);
    const fail = (error: unknown) => {
      if (!lifetime.isOver) failed(error);
    };
    const loadNow = () => load().catch(fail);
    const reload = debounce(() => void loadNow(), lifetime);
    this.listen(live, lifetime, names, reload);
    onReturn(live, lifetime, reload);
    ready.then(loadNow, fail);
  }
}
