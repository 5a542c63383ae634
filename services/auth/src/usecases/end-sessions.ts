import type { EventData } from '@parley/contracts';
import { rememberedUntil } from '../domain/session.ts';
import { markSessionsRevoked } from '../stores/sessions.ts';
import type { CommandContext, Transaction } from './context.ts';

/**
 * Ends a user's live sessions (one, all but one, or all) and notifies the verifiers of tokens.
 * Returns how many it ended.
 */
export async function endSessions(
  { clock, settings }: CommandContext,
  { trx, emit }: Transaction,
  which: { userId: string; only?: string; except?: string; reason: EventData<'session.revoked'>['reason'] },
): Promise<number> {
  const { userId, reason } = which;
  const ended = await markSessionsRevoked(trx, userId, which, new Date(clock()));
  for (const session of ended) {
    const until = rememberedUntil(session, settings).toISOString();
    emit('session.revoked', { userId, sessionId: session.id, reason, until });
  }
  return ended.length;
}
