import type { Session } from '../domain/session.ts';
import { findSessions } from '../stores/sessions.ts';
import type { Context } from './context.ts';

/** The user's live sessions, last used first. */
export const listSessions = ({ db, clock }: Context, { userId }: { userId: string }): Promise<Session[]> =>
  findSessions(db, userId, new Date(clock()));
