import { answer, type Bus, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { acceptIssuedToken } from '../usecases/issuers/accept-issued-token.ts';

/** Verifies a token of a trusted issuer for a service that has not seen it. */
export const answerAcceptIssuedToken = (bus: Bus, context: Context): Promise<Consumer> =>
  answer(bus, calls.acceptIssuedToken, async ({ token }) => {
    const { caller, expiresAt } = await acceptIssuedToken(context, token);
    return { ...caller, expiresAt };
  });
