import type { Caller } from '@parley/contracts';
import type { Device } from '../../domain/session.ts';
import type { Context } from '../context.ts';
import { issueTokens, openSession, type Tokens } from '../open-session.ts';
import { requireUserOfKey, type WhichUser } from './exchange-key.ts';
import { keyOfCaller } from './key-of-caller.ts';
import { recordKeyAction } from './record-key-action.ts';

interface CreateUserSession extends WhichUser {
  caller: Caller;
  device: Device;
  requestId: string;
}

/**
 * Opens a session of a user, as a login does, for the integrator to pass on.
 * @throws AppError `not_authorized`, `user_not_found`
 */
export async function createUserSession(
  context: Context,
  { caller, device, requestId, ...which }: CreateUserSession,
): Promise<Tokens> {
  const key = await keyOfCaller(context, caller);
  const { identity, session } = await context.transact(async (tx) => {
    const identity = await requireUserOfKey(tx, key, which);
    const action = { keyId: key.id, userId: identity.id, action: 'createUserSession', requestId };
    await recordKeyAction(context, tx, action);
    // The device is the integrator's server, not the user's.
    const opened = { userId: identity.id, contract: 'rooms' as const, device, mintedBy: key.id };
    return { identity, session: await openSession(context, tx, opened) };
  });
  return issueTokens(context, identity, session);
}
