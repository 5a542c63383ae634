import type { EventOf, EventType, Membership } from '@parley/contracts';
import type { Database } from '@parley/database';
import type { MemberState, Room } from '../domain/room.ts';
import type { RoomStore } from '../stores/room-store.ts';

/** Updates the read model of rooms and members. */
export class RecordMembership {
  readonly #db: Database;
  readonly #rooms: RoomStore;

  constructor(deps: { db: Database; rooms: RoomStore }) {
    this.#db = deps.db;
    this.#rooms = deps.rooms;
  }

  async run(events: readonly EventOf<EventType>[]): Promise<void> {
    const rooms = events.flatMap(roomsOf);
    const members = events.flatMap(membersOf);
    const closed = events.flatMap((event) => (event.type === 'room.deleted' ? [event.data.roomId] : []));
    if (rooms.length + members.length + closed.length === 0) return;
    await this.#db.transaction(async (trx) => {
      await this.#rooms.saveRooms(trx, rooms);
      await this.#rooms.saveMembers(trx, members);
      await this.#rooms.closeRooms(trx, closed);
    });
  }
}

function roomsOf(event: EventOf<EventType>): Room[] {
  return event.type === 'room.created' || event.type === 'room.updated' || event.type === 'member.joined'
    ? [event.data.room]
    : [];
}

function membersOf(event: EventOf<EventType>): MemberState[] {
  const active = (membership: Membership): MemberState => ({ ...membership, active: true });
  switch (event.type) {
    case 'room.created':
      return event.data.members.map(active);
    case 'member.joined':
    case 'member.updated':
      return [active(event.data.membership)];
    case 'member.left':
      return [{ ...event.data, username: '', active: false }];
    default:
      return [];
  }
}
