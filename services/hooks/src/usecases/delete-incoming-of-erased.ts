import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { deleteIncomingOf, pageIncomingOwners } from '../stores/incoming-hooks.ts';
import type { Context } from './context.ts';

const ownersAtOnce = 100;

/** Deletes a user's incoming webhooks if the user is gone. */
export async function deleteIncomingOfErased({ bus, db }: Context, userId: string): Promise<void> {
  if (!(await ask(bus, calls.getIdentity, { userId }))) await deleteIncomingOf(db, userId);
}

/** As `deleteIncomingOfErased`, for all owners: the event may have been lost. */
export async function checkIncomingOwners(context: Context, signal: AbortSignal): Promise<void> {
  for (let after: string | null = null; !signal.aborted; ) {
    const owners: string[] = await pageIncomingOwners(context.db, after, ownersAtOnce);
    for (const owner of owners) if (!signal.aborted) await deleteIncomingOfErased(context, owner);
    if (owners.length < ownersAtOnce) return;
    after = owners.at(-1) ?? null;
  }
}
