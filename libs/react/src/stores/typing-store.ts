import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen } from './live.ts';
import { LiveStore } from './live-store.ts';

export interface TypingUser {
  userId: string;
  username: string;
}

/** Room → the others who are typing there. Rooms where nobody types are missing. */
export type TypingByRoom = ReadonlyMap<string, readonly TypingUser[]>;

/** A user without further signals has stopped. */
const fadeMs = 6_000;

const nowhere: TypingByRoom = new Map();
const nobody: readonly TypingUser[] = [];

export const typingIn = (typing: TypingByRoom, roomId: string): readonly TypingUser[] =>
  typing.get(roomId) ?? nobody;

/** The other users who are typing, in all rooms that the user follows. */
export class TypingStore extends LiveStore<TypingByRoom> {
  readonly #fading = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(login: Login) {
    super(login, nowhere);
  }

  protected start(live: Live, lifetime: Lifetime): void {
    const put = (event: TypingUser & { roomId: string }, isTyping: boolean) => {
      if (event.userId !== live.userId) this.#put(event.roomId, event, isTyping);
    };
    listen(live, lifetime, 'typing', (event) => put(event, event.isTyping));
    listen(live, lifetime, 'message', (event) => put(event, false));
    listen(live, lifetime, 'left', (event) => put(event, false));
    lifetime.onEnd(() => {
      for (const timer of this.#fading.values()) clearTimeout(timer);
      this.#fading.clear();
    });
  }

  #put(roomId: string, { userId, username }: TypingUser, isTyping: boolean): void {
    const key = `${roomId} ${userId}`;
    clearTimeout(this.#fading.get(key));
    this.#fading.delete(key);
    const users = typingIn(this.get(), roomId);
    const isShown = users.some((user) => user.userId === userId);
    if (isTyping) {
      const fade = () => this.#put(roomId, { userId, username }, false);
      this.#fading.set(key, setTimeout(fade, fadeMs));
    }
    if (isTyping === isShown) return;
    const others = users.filter((user) => user.userId !== userId);
    const next = new Map(this.get());
    if (isTyping) next.set(roomId, [...others, { userId, username }]);
    else if (others.length > 0) next.set(roomId, others);
    else next.delete(roomId);
    this.set(next);
  }
}
