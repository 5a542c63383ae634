import { deleteEndedKeys } from '../stores/api-keys.ts';
import { deleteExpiredInvites } from '../stores/invites.ts';
import { deleteOldKeyActions } from '../stores/key-actions.ts';
import { deleteExpiredRefreshTokens } from '../stores/refresh-tokens.ts';
import { deleteEndedSessions } from '../stores/sessions.ts';
import { deleteExpiredKeys } from '../stores/signing-keys.ts';
import type { CommandContext } from './context.ts';

/**
 * Ended sessions are kept this long after their last token has expired, for verifiers that start
 * late.
 */
const keptMs = 60 * 60_000;
/** Bounds how long a clean-up holds its locks. */
const maxRows = 5_000;

/**
 * Deletes expired sessions, refresh tokens, invites, signing keys, and keys and their actions.
 * Replicas may run it concurrently.
 */
export async function purgeExpired({ db, settings, clock }: CommandContext): Promise<void> {
  const now = clock();
  await deleteEndedSessions(db, new Date(now - settings.accessTtlMs - keptMs), maxRows);
  await deleteExpiredRefreshTokens(db, new Date(now), maxRows);
  await deleteExpiredInvites(db, new Date(now));
  await deleteExpiredKeys(db, new Date(now));
  const keptFrom = new Date(now - settings.keyActionRetentionMs);
  await deleteOldKeyActions(db, keptFrom, maxRows);
  await deleteEndedKeys(db, keptFrom);
}
