import type { AuthContext } from './context.ts';

/** Ended sessions stay this long after their last token has expired: verifiers that start late still learn of them. */
const keptMs = 60 * 60_000;

/** Deletes what has expired: sessions, refresh tokens, invites, signing keys. Replicas may do it at once. */
export const purgeExpired =
  ({ sessions, invites, keys, settings, clock }: Pick<AuthContext, 'sessions' | 'invites' | 'keys' | 'settings' | 'clock'>) =>
  async (): Promise<void> => {
    const now = clock();
    await sessions.deleteEnded(new Date(now), new Date(now - settings.accessTtlMs - keptMs));
    await invites.deleteExpired(new Date(now));
    await keys.deleteExpired(new Date(now));
  };
