import { type ParleyClient, ParleyError, type Session, type SessionEvents } from '@parley/client';
import type { Follower } from './follower.ts';
import type { Lifetime } from './lifetime.ts';
import type { Readable } from './value.ts';

/** A logged-in user, with the session that works until they log out. */
export interface Live {
  client: ParleyClient;
  session: Session;
  userId: string;
  username: string;
  follower: Follower;
}

/** The present login; `null`: nobody is logged in. */
export type Login = Readable<Live | null>;

/** @throws ParleyError if nobody is logged in */
export function required(live: Live | null): Live {
  if (live) return live;
  throw new ParleyError('not_logged_in', 'Nobody is logged in. Log in first.');
}

/** Listens to an event of the session until the lifetime ends. */
export function listen<E extends keyof SessionEvents>(
  { session }: Live,
  lifetime: Lifetime,
  name: E,
  listener: (event: SessionEvents[E]) => void,
): void {
  lifetime.onEnd(session.on(name, listener));
}

/** Calls whenever a lost connection has returned, also if it is lost already. */
export function onReturn({ session }: Live, lifetime: Lifetime, listener: () => void): void {
  let wasOffline = session.isOffline;
  const stops = [
    session.on('offline', () => {
      wasOffline = true;
    }),
    session.on('online', () => {
      if (wasOffline) listener();
    }),
  ];
  for (const stop of stops) lifetime.onEnd(stop);
}
