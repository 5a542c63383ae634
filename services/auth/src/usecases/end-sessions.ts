import type { EventData } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import { rememberedUntil } from '../domain/session.ts';
import type { AddEvent, AuthContext } from './context.ts';

/**
 * Ends a user's live sessions (one, all but one, or all) and notifies the verifiers of tokens.
 * Returns how many it ended.
 */
export async function endSessions(
  context: Pick<AuthContext, 'clock' | 'event' | 'sessions'> & { settings: { accessTtlMs: number } },
  trx: Transaction,
  add: AddEvent,
  which: { userId: string; only?: string; except?: string; reason: EventData<'session.revoked'>['reason'] },
): Promise<number> {
  const { userId, reason } = which;
  const ended = await context.sessions.revoke(trx, userId, which, new Date(context.clock()));
  for (const session of ended) {
    const until = rememberedUntil(session, context.settings).toISOString();
    add(context.event('session.revoked', { userId, sessionId: session.id, reason, until }));
  }
  return ended.length;
}
