import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import { rememberedMs } from '../domain/session.ts';
import type { AuthContext } from '../usecases/context.ts';

/** What every verifier of access tokens needs: the keys, and the sessions of which a token may outlive their end. */
export const answerGetVerificationState = (bus: Bus, { keys, sessions, settings, clock }: AuthContext): Promise<Consumer> =>
  answer(bus, calls.getVerificationState, async () => {
    const now = clock();
    const keptMs = rememberedMs(settings.accessTtlMs);
    const [verifying, revoked] = await Promise.all([keys.verifying(new Date(now)), sessions.revokedSince(new Date(now - keptMs))]);
    return {
      keys: verifying,
      revoked: revoked.map(({ sessionId, revokedAt }) => ({
        sessionId,
        until: new Date(revokedAt.getTime() + keptMs).toISOString(),
      })),
    };
  });
