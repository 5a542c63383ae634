import { type Bus, publishEvent } from '@parley/bus';
import { type Caller, makeEvent, type Scope } from '@parley/contracts';
import { type Clock, newId } from '@parley/runtime';

/** An operation or a socket event that a client asks for. */
export interface AskedAction {
  /** The operation's id, or the event's name. */
  action: string;
  scope: Scope | 'any' | undefined;
  roomId: unknown;
  requestId: string;
}

/**
 * Announces what a key is about to do, for auth to store. Resolves when the announcement is safe,
 * so no action of a key goes unrecorded. Reading is not recorded.
 * @throws AppError `unavailable`
 */
export async function recordKeyAction(
  { bus, clock }: { bus: Bus; clock: Clock },
  { userId, grant }: Caller,
  { action, scope, roomId, requestId }: AskedAction,
): Promise<void> {
  if (!grant || !scope || scope === 'any' || scope.endsWith(':read')) return;
  await publishEvent(
    bus,
    makeEvent(
      'key.acted',
      {
        keyId: grant.keyId,
        userId: grant.actsForUser ? userId : null,
        action,
        roomId: typeof roomId === 'string' ? roomId : null,
        requestId,
      },
      { id: newId(), now: clock() },
    ),
  );
}
