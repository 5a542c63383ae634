import type { ServerPayload } from '@parley/contracts';
import type { Connection } from '../connections/connection.ts';
import type { ConnectionRegistry } from '../connections/connection-registry.ts';
import { Frame } from '../connections/frame.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import { roomKey } from '../subscriptions/keys.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';

type Reason = ServerPayload<'room_removed'>['reason'];

/** Unsubscribes connections from rooms that their users no longer belong to, and informs them. */
export class Evictions {
  readonly #rooms: SubscriptionTable;
  readonly #subscriptions: Pick<Subscriptions, 'evict'>;
  readonly #connections: ConnectionRegistry;

  constructor(deps: {
    rooms: SubscriptionTable;
    subscriptions: Pick<Subscriptions, 'evict'>;
    connections: ConnectionRegistry;
  }) {
    this.#rooms = deps.rooms;
    this.#subscriptions = deps.subscriptions;
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
      this.#subscriptions.evict(connection, roomId);
      connection.send(frame);
    }
  }
}
