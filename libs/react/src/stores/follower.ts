import { ParleyError, type Session } from '@parley/client';

/** A use of a room's live events. */
export interface Following {
  /**
   * Resolves once no later event can be missed.
   * @throws ParleyError the user may not follow the room, or the session has ended
   */
  ready: Promise<void>;
  release(): void;
}

interface Followed {
  ready: Promise<void>;
  uses: number;
}

/** Longer than the change from one component to another one. */
const leaveAfterMs = 2_000;

/**
 * Follows each room while at least one store needs its events. The session emits those of a room in
 * order and without gaps.
 */
export class Follower {
  readonly #session: Session;
  readonly #rooms = new Map<string, Followed>();

  constructor(session: Session) {
    this.#session = session;
    session.on('removed', ({ roomId }) => this.#rooms.delete(roomId));
  }

  has(roomId: string): boolean {
    return this.#rooms.has(roomId);
  }

  /** @param since the last `seq` known of the room; everything later is emitted */
  follow(roomId: string, since?: number): Following {
    const followed = this.#rooms.get(roomId) ?? this.#join(roomId, since);
    followed.uses += 1;
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      setTimeout(() => this.#release(roomId, followed), leaveAfterMs);
    };
    return { ready: followed.ready, release };
  }

  #release(roomId: string, followed: Followed): void {
    followed.uses -= 1;
    if (followed.uses > 0 || this.#rooms.get(roomId) !== followed) return;
    this.#rooms.delete(roomId);
    this.#session.leave(roomId).catch(() => undefined);
  }

  #join(roomId: string, since: number | undefined): Followed {
    const followed: Followed = { uses: 0, ready: Promise.resolve() };
    this.#rooms.set(roomId, followed);
    const isCurrent = () => this.#rooms.get(roomId) === followed;
    const joined = this.#joinInTime(roomId, since, isCurrent);
    joined.catch(() => isCurrent() && this.#rooms.delete(roomId));
    // With a known `seq`, everything after it will be emitted, whenever the room is joined.
    if (since === undefined) followed.ready = joined;
    return followed;
  }

  /** The session gives up after a minute without a connection; a room in use waits longer. */
  async #joinInTime(roomId: string, since: number | undefined, isCurrent: () => boolean): Promise<void> {
    while (isCurrent()) {
      try {
        return await this.#session.join(roomId, since === undefined ? {} : { since });
      } catch (error) {
        if (!ParleyError.from(error).retryable) throw error;
      }
    }
  }
}
