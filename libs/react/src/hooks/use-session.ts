import type { Login, Registration } from '@parley/client';
import type { ProfileChange, SessionState } from '../stores/session-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useWithMethods } from './use-readable.ts';

export interface UseSession extends SessionState {
  /** Requires one of `email`, `username` and `login` (either). @throws ParleyError */
  logIn(login: Login): Promise<void>;
  /** Registers and logs in. @throws ParleyError */
  register(registration: Registration): Promise<void>;
  /**
   * @param options.onlyHere does not call the server, which may be unreachable. @default false
   * @throws ParleyError
   */
  logOut(options?: { onlyHere?: boolean }): Promise<void>;
  /** @throws ParleyError */
  refreshProfile(): Promise<void>;
  /** @throws ParleyError */
  updateProfile(change: ProfileChange): Promise<void>;
}

/** The login. It is shared by all tabs with the same storage. */
export function useSession(): UseSession {
  const { session, methods } = useParleyStore();
  return useWithMethods(session, methods);
}
