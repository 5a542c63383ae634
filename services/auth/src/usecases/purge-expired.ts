import type { AuthContext } from './context.ts';

/**
 * Ended sessions are kept this long after their last token has expired, for verifiers that start
 * late.
 */
const keptMs = 60 * 60_000;
/** Bounds how long a clean-up holds its locks. */
const maxRows = 5_000;

type Deps = Pick<AuthContext, 'sessions' | 'refreshTokens' | 'invites' | 'keys' | 'clock'> & {
  settings: { accessTtlMs: number };
};

/**
 * Deletes expired sessions, refresh tokens, invites and signing keys. Replicas may run it
 * concurrently.
 */
export const purgeExpired =
  ({ sessions, refreshTokens, invites, keys, settings, clock }: Deps) =>
  async (): Promise<void> => {
    const now = clock();
    await sessions.deleteEnded(new Date(now - settings.accessTtlMs - keptMs), maxRows);
    await refreshTokens.deleteExpired(new Date(now), maxRows);
    await invites.deleteExpired(new Date(now));
    await keys.deleteExpired(new Date(now));
  };
