import type { ClientEvent, ClientPayload } from '@parley/contracts';
import type { LimitName } from '@parley/errors';
import type { Cache } from '@parley/runtime';
import type { Submitter } from '@parley/timeline';
import type { Connection } from '../connections/connection.ts';
import type { GatewayContext } from '../context.ts';
import type { SenderExclusions } from '../delivery/sender-exclusions.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import type { Blocks } from '../membership/blocks.ts';
import type { DirectRooms } from '../membership/direct-rooms.ts';
import type { Following } from '../membership/following.ts';
import type { Memberships } from '../membership/memberships.ts';
import type { Presence } from '../presence/presence.ts';
import type { Typists } from '../presence/typists.ts';
import type { Watching } from '../presence/watching.ts';
import type { EventRate } from './event-rate.ts';
import type { InFlight } from './in-flight.ts';
import type { PendingJoins } from './pending-joins.ts';
import type { RecordedActions } from './recorded-actions.ts';
import type { SendOrder } from './send-order.ts';

/** The context that the handlers of client events share. Built once, by `createProtocol`. */
export interface ProtocolContext extends GatewayContext {
  submitter: Submitter;
  subscriptions: Subscriptions;
  exclusions: SenderExclusions;
  memberships: Memberships;
  blocks: Blocks;
  following: Following;
  directRooms: DirectRooms;
  /** The room of each message that was located; it never changes. */
  roomsOfMessages: Cache<string>;
  presence: Presence;
  typists: Typists;
  watching: Watching;
  /** See `Connections.renew`. */
  renewToken: (connection: Connection, token: string) => Promise<number>;
  rate: EventRate;
  /** The name of `rate` in errors. */
  rateName: LimitName;
  inFlight: InFlight;
  pendingJoins: PendingJoins;
  sendOrder: SendOrder;
  recordedActions: RecordedActions;
}

/**
 * Handles one kind of client event. The payload fulfils the event's schema. Answers the data of the
 * acknowledgement.
 * @throws AppError the errors of the event
 */
export type Handler<E extends ClientEvent> = (
  context: ProtocolContext,
  connection: Connection,
  payload: ClientPayload<E>,
) => Promise<unknown>;
