import type { EventData } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import { rememberedMs } from '../domain/session.ts';
import type { AddEvent, AuthContext } from './context.ts';

/** Ends a user's live sessions (that one, all but that one, or all) and says so to whoever verifies tokens. Answers how many there were. */
export async function endSessions(
  context: Pick<AuthContext, 'clock' | 'event' | 'sessions'> & { settings: { accessTtlMs: number } },
  trx: Transaction,
  add: AddEvent,
  which: { userId: string; only?: string; except?: string; reason: EventData<'session.revoked'>['reason'] },
): Promise<number> {
  const now = context.clock();
  const ended = await context.sessions.revoke(trx, which.userId, which, new Date(now));
  const until = new Date(now + rememberedMs(context.settings.accessTtlMs)).toISOString();
  for (const sessionId of ended) add(context.event('session.revoked', { userId: which.userId, sessionId, reason: which.reason, until }));
  return ended.length;
}
