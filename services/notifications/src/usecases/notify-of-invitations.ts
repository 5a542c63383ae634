import { type EventOf, type EventType, makeEvent } from '@parley/contracts';
import type { Outbox } from '@parley/database';
import type { Clock } from '@parley/runtime';
import { invitationsOf } from '../domain/invitation.ts';
import type { NotificationStore } from '../stores/notification-store.ts';

interface Deps {
  outbox: Outbox;
  notifications: NotificationStore;
  newId: () => string;
  clock: Clock;
}

/**
 * Adds friend requests and group invites to inboxes. Marks answered requests read, and deletes
 * withdrawn ones and erased users' rows.
 */
export class NotifyOfInvitations {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async run(events: readonly EventOf<EventType>[]): Promise<void> {
    const invitations = events.flatMap(invitationsOf);
    const read = events.flatMap((event) => (event.type === 'friend_request.accepted' ? [event.data.id] : []));
    const gone = events.flatMap((event) =>
      event.type === 'friend_request.withdrawn' ? [event.data.id] : [],
    );
    const erased = events.flatMap((event) => (event.type === 'profile.erased' ? [event.data.userId] : []));
    if (invitations.length + read.length + gone.length + erased.length === 0) return;
    const { outbox, notifications, newId, clock } = this.#deps;
    const now = clock();
    await outbox.transact(async (trx, add) => {
      for (const delivered of await notifications.addInvitations(trx, invitations, new Date(now)))
        add(makeEvent('notification.created', delivered, { id: newId(), now }));
      await notifications.settleFriendRequests(trx, { read, gone }, new Date(now));
      if (erased.length > 0) await notifications.erase(trx, erased);
    });
  }
}
