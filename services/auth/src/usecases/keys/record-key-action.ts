import type { EventOf } from '@parley/contracts';
import { insertKeyActions } from '../../stores/key-actions.ts';
import type { Context, Transaction } from '../context.ts';

interface RecordedAction {
  keyId: string;
  /** The user that the action is for. */
  userId: string | null;
  /** The id of the operation. */
  action: string;
  requestId: string;
}

/** Records an action of this service with it, in its transaction, and logs it. */
export async function recordKeyAction(
  { clock, newId, logger }: Context,
  { trx }: Transaction,
  action: RecordedAction,
): Promise<void> {
  await insertKeyActions(trx, [{ ...action, id: newId(), roomId: null, time: new Date(clock()) }]);
  logger.info(action, 'a key acted');
}

/** Records actions in other services, which announce them before they happen. */
export async function recordKeyActions(
  { db, logger }: Context,
  events: readonly EventOf<'key.acted'>[],
): Promise<void> {
  await insertKeyActions(
    db,
    events.map(({ id, time, data }) => ({ id, time: new Date(time), ...data })),
  );
  for (const { data } of events) logger.info(data, 'a key acted');
}
