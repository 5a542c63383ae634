import type { Lifetime } from './lifetime.ts';
import type { Live, Login } from './live.ts';
import { LiveRoomStore } from './live-room-store.ts';

/** Repeats the signal while the user types, because it expires at the receivers. */
const repeatMs = 3_000;
/** Typing ends after this time without a key. */
const idleMs = 4_000;

/** Whether the others see this user typing in a room. Follows the room while it is in use. */
export class TypingSignal extends LiveRoomStore<boolean> {
  #repeatAt = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(login: Login, roomId: string) {
    super(login, false, roomId);
  }

  /** To be called on each key. Sends a signal every few seconds. */
  readonly onInput = (): void => {
    if (!this.live) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(this.onStop, idleMs);
    if (this.get() && Date.now() < this.#repeatAt) return;
    this.#repeatAt = Date.now() + repeatMs;
    this.set(true);
    void this.live.session.typing(this.roomId, true);
  };

  /** To be called when the input is emptied without sending. Typing ends by itself, too. */
  readonly onStop = (): void => {
    if (!this.get()) return;
    this.#end();
    void this.live?.session.typing(this.roomId, false);
  };

  protected start(live: Live, lifetime: Lifetime): void {
    lifetime.onEnd(live.follower.follow(this.roomId).release);
    this.listen(live, lifetime, ['message'], ({ userId }) => {
      // The server ends the signal with the message.
      if (userId === live.userId) this.#end();
    });
    lifetime.onEnd(() => this.#end());
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.set(false);
  }
}
