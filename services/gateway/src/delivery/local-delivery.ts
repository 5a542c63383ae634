import type { Change } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import type { BackplaneEvent } from '../backplane/backplane.ts';
import type { Connection } from '../connections/connection.ts';
import { Frame } from '../connections/frame.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { isUserKey, roomIdOf } from '../subscriptions/keys.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { SenderExclusions } from './sender-exclusions.ts';
import { translate } from './translate.ts';

export interface LocalDeliveryDeps {
  rooms: SubscriptionTable;
  /** See `Subscriptions.sees`. */
  sees: (connection: Connection, roomId: string) => boolean;
  /** This gateway's connections of the room's members. */
  membersHere: (roomId: string) => Iterable<Connection>;
  exclusions: SenderExclusions;
  metrics: GatewayMetrics;
  clock: Clock;
}

/** The last step: sends events to this gateway's own connections. */
export class LocalDelivery {
  readonly #rooms: SubscriptionTable;
  readonly #sees: LocalDeliveryDeps['sees'];
  readonly #membersHere: LocalDeliveryDeps['membersHere'];
  readonly #exclusions: SenderExclusions;
  readonly #metrics: GatewayMetrics;
  readonly #clock: Clock;

  constructor(deps: LocalDeliveryDeps) {
    this.#rooms = deps.rooms;
    this.#sees = deps.sees;
    this.#membersHere = deps.membersHere;
    this.#exclusions = deps.exclusions;
    this.#metrics = deps.metrics;
    this.#clock = deps.clock;
  }

  /** Sends a change to every connection subscribed to the key. */
  change(key: string, change: Change): void {
    const connections = this.#rooms.at(key);
    if (connections.size === 0) return;
    const now = this.#clock();
    const excluded =
      change.kind === 'message.created' ? this.#exclusions.senderOf(change.message.id) : undefined;
    for (const frame of translate(change, new Date(now).toISOString())) {
      for (const connection of connections) if (connection.id !== excluded) connection.send(frame);
      this.#metrics.out(connections.size);
    }
    if (change.kind === 'message.created')
      this.#metrics.delivered(now - Date.parse(change.message.createdAt));
  }

  /** Sends an event once to every connection subscribed to any of the keys. */
  event(
    keys: readonly string[],
    { event, data, exceptConnection, exceptUser, inRoom, toMembers }: BackplaneEvent,
  ): void {
    const frame = new Frame(event, data);
    const reached = new Set<Connection>();
    const reach = (connection: Connection) => {
      if (connection.id === exceptConnection || connection.caller.userId === exceptUser) return;
      if (inRoom === undefined || this.#sees(connection, inRoom)) reached.add(connection);
    };
    for (const key of keys) {
      for (const connection of this.#rooms.at(key)) reach(connection);
      if (toMembers && !isUserKey(key))
        for (const connection of this.#membersHere(roomIdOf(key))) reach(connection);
    }
    for (const connection of reached) connection.send(frame);
    this.#metrics.out(reached.size);
  }
}
