import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Live } from '../src/stores/live.ts';
import { Value } from '../src/stores/value.ts';

/**
 * A login without a server.
 * @param client the methods that the store under test calls
 * @param session the same for the session, besides its events
 */
export function fakeLive(client: object, session: object = {}) {
  const listeners = new Map<string, Set<(event: unknown) => void>>();
  /** The uses of rooms that have not been released. */
  const followed: string[] = [];
  const follow = (roomId: string) => {
    followed.push(roomId);
    return { ready: Promise.resolve(), release: () => followed.splice(followed.indexOf(roomId), 1) };
  };
  const on = (name: string, listener: (event: unknown) => void) => {
    const known = listeners.get(name) ?? new Set();
    listeners.set(name, known.add(listener));
    return () => known.delete(listener);
  };
  const live = {
    client,
    session: { pending: () => [], ...session, on },
    ...{ userId: 'ada', username: 'ada' },
    follower: { follow, has: (roomId: string) => followed.includes(roomId) },
  } as unknown as Live;
  const emit = (name: string, event: unknown) => {
    for (const listener of listeners.get(name) ?? []) listener(event);
  };
  return { live, login: new Value<Live | null>(live), emit, followed };
}

/** Frees everything that nothing refers to. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
