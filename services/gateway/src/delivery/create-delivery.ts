import { type Backplane, type BackplaneHandler, roomKey, statusKeys, userKey } from '@parley/backplane';
import type { Change } from '@parley/contracts';
import { maximum } from '@parley/runtime';
import type { ReceivedChanges, SubmissionInput } from '@parley/timeline';
import type { Connection } from '../connections/connection.ts';
import type { GatewayContext } from '../context.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import { CatchUp } from './catch-up.ts';
import { HeadCheck } from './head-check.ts';
import { headQuestions } from './head-questions.ts';
import {
  type DeliveryContext,
  deliverChange,
  deliverEvent,
  deliverLate,
  deliverStatus,
} from './local-delivery.ts';
import { Receipts } from './receipts.ts';
import { SenderExclusions } from './sender-exclusions.ts';
import { Sequencer } from './sequencer.ts';
import { type RoomPresence, Subscriptions } from './subscriptions.ts';

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
  /** Statuses arrive here, or Redis is away. */
  ready: Promise<void>;
  /** Which changes arrive here, for the submitter. */
  received: ReceivedChanges;
  /** Delivers a message of the backplane that came another way. */
  receive: BackplaneHandler;
  /** Sets the function called with each change, in order, before it is delivered. Called once. */
  onChange(callback: (change: Change) => void): void;
  stop(): void;
}

/** Delivers what arrives from the backplane to this gateway's connections. */
export function createDelivery(context: GatewayContext, deps: Deps): Delivery {
  const { backplane, rooms, watching, membersHere } = deps;
  let beforeDelivery: (change: Change) => void = () => undefined;
  const heads = headQuestions(context.bus);
  const receipts = new Receipts((key, receipt) => deliverChange(local, key, receipt));
  const sequencer = new Sequencer({ ...context, heads }, rooms, (key, change) => {
    beforeDelivery(change);
    if (change.kind === 'read.advanced' || change.kind === 'delivery.advanced') {
      receipts.accept(key, change);
      return;
    }
    if (change.kind === 'member.left') receipts.left(key, change.roomId, change.by.userId);
    deliverChange(local, key, change);
  });
  const max = context.config.MAX_ROOMS_PER_CONNECTION;
  const maxRooms = maximum('MAX_ROOMS_PER_CONNECTION', max, 'rooms per connection');
  const catchUp = new CatchUp({ ...context, rooms, sequencer }, (connection, change) =>
    deliverLate(local, connection, change),
  );
  const subscriptions = new Subscriptions({ rooms, sequencer, catchUp, watching, maxRooms });
  const exclusions = new SenderExclusions();
  const local: DeliveryContext = { ...context, rooms, subscriptions, catchUp, membersHere, exclusions };
  const receive: BackplaneHandler = (keys, message) => {
    const [key = ''] = keys;
    if ('changes' in message) sequencer.accept(key, message.changes);
    else if ('head' in message) sequencer.expect(key, message.head);
    else if ('quiet' in message) for (const one of message.quiet) sequencer.expectQuiet(one);
    else if ('status' in message) deliverStatus(local, message);
    else deliverEvent(local, keys, message);
  };
  backplane.onMessage(receive);
  const headCheck = new HeadCheck(context, sequencer);
  backplane.onRecovered(() => void headCheck.check());
  context.bus.onRecovered(() => void headCheck.check());
  void headCheck.run();
  return {
    subscriptions,
    exclusions,
    ready: backplane.subscribe(statusKeys),
    received: receivedChanges(sequencer),
    receive,
    onChange: (callback) => {
      beforeDelivery = callback;
    },
    stop: () => {
      headCheck.stop();
      receipts.stop();
      sequencer.close();
    },
  };
}

/** A direct room's changes arrive under the key of each of its people. */
const keysOf = ({ roomId, by }: SubmissionInput): string[] => [roomKey(roomId), userKey(by.userId)];

const receivedChanges = (sequencer: Sequencer): ReceivedChanges => ({
  include: (submission) => sequencer.follows(keysOf(submission), submission.roomId),
  check: (submission) => sequencer.check(keysOf(submission), submission.roomId),
});
