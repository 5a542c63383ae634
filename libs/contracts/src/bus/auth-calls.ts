import { z } from 'zod';
import { clientContract } from '../schemas/client-contract.ts';
import { id } from '../schemas/common.ts';
import { botOwner, isBot, organizationRole } from '../schemas/user.ts';
import { call } from './call-definition.ts';

/** Calls that auth answers. */
export const authCalls = {
  /**
   * The public keys for access tokens, and a page of the revoked sessions that may still have live
   * tokens. `next` is present when there are more: repeat the call with it as `after`.
   */
  getVerificationState: call(
    'auth.get-verification-state',
    z.object({ after: id.optional() }),
    z.object({
      keys: z.array(z.record(z.string(), z.unknown()).and(z.object({ kid: z.string() }))),
      revoked: z.array(z.object({ sessionId: id, until: z.iso.datetime() })),
      next: id.optional(),
      /** The trusted issuers. Absent from older releases. */
      issuers: z.array(z.string()).optional(),
    }),
  ),
  /**
   * The caller whom a token of a trusted issuer names, created for the first one. Errors:
   * `unauthenticated`, `token_expired`, `session_revoked`, `organization_name_taken`.
   */
  acceptIssuedToken: call(
    'auth.accept-issued-token',
    z.object({ token: z.string().max(8_192) }),
    z.object({
      userId: id,
      username: z.string(),
      sessionId: id,
      organizationId: id.nullable(),
      organizationRole: organizationRole.nullable(),
      contract: clientContract.nullable(),
      expiresAt: z.number(),
    }),
  ),
  /**
   * One identity, or null. For profiles that are requested before `user.registered` has arrived.
   */
  getIdentity: call(
    'auth.get-identity',
    z.object({ userId: id }),
    z
      .object({
        userId: id,
        username: z.string(),
        name: z.string(),
        organizationId: id.nullable(),
        organizationRole: organizationRole.nullable(),
        createdAt: z.iso.datetime(),
        isBot,
        /** Of a bot. Absent from older releases. */
        owner: botOwner.optional(),
      })
      .nullable(),
  ),
} as const;
