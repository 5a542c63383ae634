import { ask } from '@parley/bus';
import { type Change, calls } from '@parley/contracts';
import { maximum } from '@parley/runtime';
import type { Backplane } from '../backplane/backplane.ts';
import type { Connection } from '../connections/connection.ts';
import type { GatewayContext } from '../context.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import { HeadCheck } from './head-check.ts';
import { LocalDelivery } from './local-delivery.ts';
import { SenderExclusions } from './sender-exclusions.ts';
import { Sequencer } from './sequencer.ts';
import { type RoomPresence, Subscriptions } from './subscriptions.ts';
import { tracedDelivery } from './traced-delivery.ts';

interface Deps {
  backplane: Backplane;
  rooms: SubscriptionTable;
  watching: RoomPresence;
  /** This gateway's connections of the room's members. */
  membersHere: (roomId: string) => Iterable<Connection>;
}

export interface Delivery {
  subscriptions: Subscriptions;
  exclusions: SenderExclusions;
  /** Sets the function called with each change, in order, before it is delivered. Called once. */
  onChange(callback: (change: Change) => void): void;
  stop(): void;
}

/** Delivers what arrives from the backplane to this gateway's connections. */
export function createDelivery(context: GatewayContext, deps: Deps): Delivery {
  const { bus, config, metrics, clock, logger, tracing } = context;
  const { backplane, rooms, watching, membersHere } = deps;
  const sees: Subscriptions['sees'] = (connection, roomId) => subscriptions.sees(connection, roomId);
  const exclusions = new SenderExclusions();
  const local = new LocalDelivery({ rooms, sees, membersHere, exclusions, metrics, clock });
  const deliver = tracing
    ? tracedDelivery({ tracing, delivery: local, rooms, clock })
    : local.change.bind(local);
  let beforeDelivery: (change: Change) => void = () => undefined;
  const sequencer = new Sequencer({
    deliver: (key, change) => {
      beforeDelivery(change);
      deliver(key, change);
    },
    isSubscribed: (key) => rooms.at(key).size > 0,
    getChanges: (question) => ask(bus, calls.getChanges, question),
    metrics,
    logger,
  });
  const max = config.MAX_ROOMS_PER_CONNECTION;
  const maxRooms = maximum('MAX_ROOMS_PER_CONNECTION', max, 'rooms per connection');
  const subscriptions = new Subscriptions({ rooms, sequencer, watching, maxRooms });
  rooms.onUnsubscribed((key) => sequencer.close(key));
  backplane.onMessage((keys, message) => {
    const [key = ''] = keys;
    if ('changes' in message) sequencer.accept(key, message.changes);
    else if ('head' in message) sequencer.expect(key, message.head);
    else local.event(keys, message);
  });
  const headCheck = new HeadCheck({
    getHeads: (question) => ask(bus, calls.getHeads, question),
    sequencer,
    keys: () => rooms.keys(),
    everyMs: config.HEAD_CHECK,
    logger,
  });
  backplane.onRecovered(() => void headCheck.check());
  void headCheck.run();
  return {
    subscriptions,
    exclusions,
    onChange: (callback) => {
      beforeDelivery = callback;
    },
    stop: () => {
      headCheck.stop();
      sequencer.closeAll();
    },
  };
}
