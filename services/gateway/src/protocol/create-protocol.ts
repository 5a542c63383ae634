import { maximum, nameRate } from '@parley/runtime';
import { type Submitter, Writes } from '@parley/timeline';
import type { Connection } from '../connections/connection.ts';
import type { GatewayContext } from '../context.ts';
import type { SenderExclusions } from '../delivery/sender-exclusions.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import { DirectRooms } from '../membership/direct-rooms.ts';
import type { Following } from '../membership/following.ts';
import type { Memberships } from '../membership/memberships.ts';
import type { Presence } from '../presence/presence.ts';
import type { Typists } from '../presence/typists.ts';
import { createChatRoom } from './create-chat-room.ts';
import { deleteMessage } from './delete-message.ts';
import { Dispatcher } from './dispatcher.ts';
import { editMessage } from './edit-message.ts';
import { enterRoom } from './enter-room.ts';
import { EventRate } from './event-rate.ts';
import { getRoomUsers } from './get-room-users.ts';
import { InFlight } from './in-flight.ts';
import { joinRoom } from './join-room.ts';
import { joinRooms } from './join-rooms.ts';
import { leaveRoom } from './leave-room.ts';
import { messageRead } from './message-read.ts';
import { reactMessage } from './react-message.ts';
import { refreshToken } from './refresh-token.ts';
import { resume } from './resume.ts';
import { sendMessage } from './send-message.ts';
import { typing } from './typing.ts';

/** A connection beyond this multiple of the event rate is closed as `flooding`. */
const floodFactor = 10;

interface Deps {
  submitter: Submitter;
  subscriptions: Subscriptions;
  exclusions: SenderExclusions;
  memberships: Memberships;
  following: Following;
  presence: Presence;
  typists: Typists;
  renewToken: (connection: Connection, token: string) => Promise<number>;
}

export interface Protocol {
  dispatcher: Dispatcher;
  inFlight: InFlight;
  /** Limits packets of any kind. */
  flood: EventRate;
}

/** The events that clients may send, and their limits. */
export function createProtocol(context: GatewayContext, deps: Deps): Protocol {
  const { bus, config, clock, newId, metrics, tracing, logger } = context;
  const { submitter, subscriptions, exclusions, memberships, following, presence, typists } = deps;
  const writes = new Writes(submitter, { admit: (roomId, caller) => memberships.require(roomId, caller) });
  const handlers = [
    joinRoom({ memberships, subscriptions }),
    joinRooms(following),
    enterRoom({ bus, memberships, subscriptions, clock }),
    resume({ bus, memberships, subscriptions }),
    leaveRoom({ subscriptions, typists }),
    createChatRoom({ bus, newId }),
    sendMessage({ writes, directRooms: new DirectRooms(bus), typists, exclusions, newId }),
    editMessage(writes),
    deleteMessage(writes),
    reactMessage({ writes, memberships, bus }),
    messageRead(writes),
    typing({ memberships, typists }),
    refreshToken(deps.renewToken),
    getRoomUsers({ memberships, presence, bus }),
  ];
  const rate = new EventRate(config.SOCKET_EVENT_RATE, clock);
  const max = config.MAX_EVENTS_IN_FLIGHT;
  const inFlight = new InFlight(maximum('MAX_EVENTS_IN_FLIGHT', max, 'unanswered events per connection'));
  const dispatcher = new Dispatcher({
    handlers,
    rate,
    rateName: nameRate('SOCKET_EVENT_RATE', config.SOCKET_EVENT_RATE, ['connection']),
    inFlight,
    dialectChanged: (connection) => void following.opened(connection),
    metrics,
    tracing,
    logger,
  });
  return { dispatcher, inFlight, flood: rate.times(floodFactor) };
}
