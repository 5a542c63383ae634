import { Cache, maximum, nameRate } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { GatewayContext } from '../context.ts';
import { DirectRooms } from '../membership/direct-rooms.ts';
import { dispatch, type Received } from './dispatch.ts';
import { EventRate } from './event-rate.ts';
import { InFlight } from './in-flight.ts';
import { PendingJoins } from './pending-joins.ts';
import type { ProtocolContext } from './protocol-context.ts';
import { RecordedActions } from './recorded-actions.ts';
import { SendOrder } from './send-order.ts';

/** A connection beyond this multiple of the event rate is closed as `flooding`. */
const floodFactor = 10;

type Deps = Pick<
  ProtocolContext,
  | 'submitter'
  | 'subscriptions'
  | 'exclusions'
  | 'memberships'
  | 'blocks'
  | 'following'
  | 'presence'
  | 'typists'
  | 'watching'
  | 'renewToken'
>;

export interface Protocol {
  /** Handles and acknowledges a client's event. Never rejects. */
  dispatch(connection: Connection, received: Received): Promise<unknown>;
  inFlight: InFlight;
  /** Limits packets of any kind. */
  flood: EventRate;
}

/** The events that clients may send, and their limits. */
export function createProtocol(gateway: GatewayContext, deps: Deps): Protocol {
  const { bus, config, clock } = gateway;
  const rate = new EventRate(config.SOCKET_EVENT_RATE, clock);
  const max = config.MAX_EVENTS_IN_FLIGHT;
  const inFlight = new InFlight(maximum('MAX_EVENTS_IN_FLIGHT', max, 'unanswered events per connection'));
  const context: ProtocolContext = {
    ...gateway,
    ...deps,
    directRooms: new DirectRooms(bus),
    roomsOfMessages: new Cache<string>(20_000),
    rate,
    rateName: nameRate('SOCKET_EVENT_RATE', config.SOCKET_EVENT_RATE, ['connection']),
    inFlight,
    pendingJoins: new PendingJoins(),
    sendOrder: new SendOrder(),
    recordedActions: new RecordedActions(),
  };
  return {
    dispatch: (connection, received) => dispatch(context, connection, received),
    inFlight,
    flood: rate.times(floodFactor),
  };
}
