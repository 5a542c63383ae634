import type { ServerPayload } from '@parley/contracts';
import type { Hearing } from '../delivery/hearing.ts';
import { roomKey } from '../delivery/keys.ts';
import type { RoomTable } from '../delivery/room-table.ts';
import type { Connection } from '../sockets/connection.ts';
import type { Connections } from '../sockets/connections.ts';
import { Frame } from '../sockets/frame.ts';

type Reason = ServerPayload<'room_removed'>['reason'];

/** Ends the hearing of rooms for those who no longer belong there. */
export class Evictions {
  readonly #rooms: RoomTable;
  readonly #hearing: Pick<Hearing, 'evict'>;
  readonly #connections: Connections;

  constructor(deps: { rooms: RoomTable; hearing: Pick<Hearing, 'evict'>; connections: Connections }) {
    this.#rooms = deps.rooms;
    this.#hearing = deps.hearing;
    this.#connections = deps.connections;
  }

  user(roomId: string, userId: string, reason: Reason): void {
    this.#evict(roomId, this.#connections.ofUser(userId), reason);
  }

  everyone(roomId: string): void {
    this.#evict(roomId, [...this.#rooms.at(roomKey(roomId))], 'deleted');
  }

  #evict(roomId: string, connections: readonly Connection[], reason: Reason): void {
    const frame = new Frame('room_removed', { roomId, reason });
    for (const connection of connections) {
      this.#hearing.evict(connection, roomId);
      connection.send(frame);
    }
  }
}
