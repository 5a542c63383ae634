import { authApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';

export const listSessionsRoute = ({ sessions, clock }: AuthContext) =>
  route(authApi.listSessions, async ({ caller }) => {
    const live = await sessions.list(caller.userId, new Date(clock()));
    return {
      sessions: live.map((session) => ({
        ...session,
        createdAt: session.createdAt.toISOString(),
        lastUsedAt: session.lastUsedAt.toISOString(),
        current: session.id === caller.sessionId,
      })),
    };
  });
