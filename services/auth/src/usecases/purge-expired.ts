import type { AuthContext } from './context.ts';

/** Ended sessions stay this long after their last token has expired: verifiers that start late still learn of them. */
const keptMs = 60 * 60_000;
/** A clean-up holds its locks no longer than this many rows need. */
const maxRows = 5_000;

type Deps = Pick<AuthContext, 'sessions' | 'refreshTokens' | 'invites' | 'keys' | 'clock'> & {
  settings: { accessTtlMs: number };
};

/** Deletes what has expired: sessions, refresh tokens, invites, signing keys. Replicas may do it at once. */
export const purgeExpired =
  ({ sessions, refreshTokens, invites, keys, settings, clock }: Deps) =>
  async (): Promise<void> => {
    const now = clock();
    await sessions.deleteEnded(new Date(now - settings.accessTtlMs - keptMs), maxRows);
    await refreshTokens.deleteExpired(new Date(now), maxRows);
    await invites.deleteExpired(new Date(now));
    await keys.deleteExpired(new Date(now));
  };
