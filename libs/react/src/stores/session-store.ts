import type { Operations, ParleyError, Profile, StopReason } from '@parley/client';
import { Value } from './value.ts';

/** The user's own profile, with what only they see. */
export interface OwnProfile extends Profile {
  email: string;
  organizationRole: Operations['getMe']['output']['user']['organizationRole'];
}

export type ProfileChange = Operations['updateMe']['input'];

export interface SessionState {
  /** `loading` until the storage of the login has been read, and on a server. */
  state: 'loading' | 'loggedOut' | 'loggedIn';
  user: { userId: string; username: string } | null;
  /** `null` until it is loaded. */
  profile: OwnProfile | null;
  /** Why its last load has failed. It is repeated after a reconnect, and by `refreshProfile`. */
  profileError: ParleyError | null;
  /** Why the last session has ended by itself; `null` after the next login. */
  ended: StopReason | null;
}

export class SessionStore extends Value<SessionState> {
  constructor() {
    super({ state: 'loading', user: null, profile: null, profileError: null, ended: null });
  }

  patch(change: Partial<SessionState>): void {
    this.set({ ...this.get(), ...change });
  }
}
