import type { AccountChange, EventOf, EventType } from '@parley/contracts';
import { eraseSettings, saveRoomSettings, saveUserSettings } from '../stores/settings.ts';
import type { Context } from './context.ts';

type Changed = { userId: string } & AccountChange;
type Settings<Kind> = Extract<Changed, { kind: Kind }>;

const isKind =
  <Kind extends AccountChange['kind']>(kind: Kind) =>
  (change: Changed): change is Settings<Kind> =>
    change.kind === kind;

/** Updates the read model of users' settings. Repeated and late events change nothing. */
export async function recordSettings(
  { db, clock }: Context,
  events: readonly EventOf<EventType>[],
): Promise<void> {
  const changes = events.flatMap((event): Changed[] =>
    event.type === 'account.changed' ? [{ ...event.data.change, userId: event.data.userId }] : [],
  );
  const ofRooms = changes.filter(isKind('room_settings'));
  const ofUsers = changes.filter(isKind('notification_settings'));
  const erased = events.flatMap(({ type, data }) => (type === 'account.erased' ? [data.userId] : []));
  if (ofRooms.length + ofUsers.length + erased.length === 0) return;
  await db.transaction(async (trx) => {
    if (ofRooms.length > 0) await saveRoomSettings(trx, ofRooms, new Date(clock()));
    if (ofUsers.length > 0) await saveUserSettings(trx, ofUsers);
    // Nothing follows in an account that is erased.
    if (erased.length > 0) await eraseSettings(trx, erased);
  });
}
