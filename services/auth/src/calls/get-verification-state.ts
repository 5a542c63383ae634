import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import { lastSignedMs, rememberedUntil } from '../domain/session.ts';
import { findRevokedSessions } from '../stores/sessions.ts';
import { findVerifyingKeys } from '../stores/signing-keys.ts';
import type { Context } from '../usecases/context.ts';

/** Limits a reply to about two megabytes, far below what a broker accepts. */
const maxRevoked = 20_000;

/**
 * Returns what verifiers of access tokens need: the public keys, and ended sessions that may still
 * have live tokens.
 */
export const answerGetVerificationState = (bus: Bus, { db, settings, clock }: Context): Promise<Consumer> =>
  answer(bus, calls.getVerificationState, async ({ after }) => {
    const now = clock();
    const [verifying, ended] = await Promise.all([
      findVerifyingKeys(db, new Date(now)),
      findRevokedSessions(
        db,
        {
          accessAfter: new Date(now - lastSignedMs),
          revokedAfter: new Date(now - lastSignedMs - settings.accessTtlMs),
        },
        { after, limit: maxRevoked },
      ),
    ]);
    const last = ended.length === maxRevoked ? ended.at(-1)?.id : undefined;
    return {
      keys: verifying,
      revoked: ended.map((session) => ({
        sessionId: session.id,
        until: rememberedUntil(session, settings).toISOString(),
      })),
      ...(last && { next: last }),
      issuers: settings.trustedIssuers.map(({ issuer }) => issuer),
    };
  });
