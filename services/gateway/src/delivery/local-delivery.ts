import type { Change } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Connection } from '../sockets/connection.ts';
import { Frame } from '../sockets/frame.ts';
import type { Echoes } from './echoes.ts';
import type { FleetEvent } from './fleet.ts';
import type { RoomTable } from './room-table.ts';
import { translate } from './translate.ts';

/** The last step: to this gateway's own connections. */
export class LocalDelivery {
  readonly #rooms: RoomTable;
  readonly #echoes: Echoes;
  readonly #metrics: GatewayMetrics;
  readonly #clock: Clock;

  constructor(deps: { rooms: RoomTable; echoes: Echoes; metrics: GatewayMetrics; clock: Clock }) {
    this.#rooms = deps.rooms;
    this.#echoes = deps.echoes;
    this.#metrics = deps.metrics;
    this.#clock = deps.clock;
  }

  /** A change whose turn it is, to everyone who hears the key. */
  change(key: string, change: Change): void {
    const connections = this.#rooms.at(key);
    if (connections.size === 0) return;
    const now = this.#clock();
    const spared = change.kind === 'message.created' ? this.#echoes.senderOf(change.message.id) : undefined;
    for (const frame of translate(change, new Date(now).toISOString())) {
      for (const connection of connections) if (connection.id !== spared) connection.send(frame);
      this.#metrics.out(connections.size);
    }
    if (change.kind === 'message.created') this.#metrics.delivered(now - Date.parse(change.message.createdAt));
  }

  /** To every connection that hears one of the keys, once. */
  event(keys: readonly string[], { event, data, exceptConnection, exceptUser }: FleetEvent): void {
    const frame = new Frame(event, data);
    const reached = new Set<Connection>();
    for (const key of keys) {
      for (const connection of this.#rooms.at(key)) {
        if (connection.id !== exceptConnection && connection.caller.userId !== exceptUser) reached.add(connection);
      }
    }
    for (const connection of reached) connection.send(frame);
    this.#metrics.out(reached.size);
  }
}
