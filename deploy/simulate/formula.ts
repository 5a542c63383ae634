import { statusKeys } from '@parley/backplane';

/** The assumptions about users, as in the document on sizing. */
export const habits = { roomsOfEach: 20, roomSize: 10, secondsPerMessage: 100 };
/** The defaults of the settings. */
const settings = { headCheckSeconds: 30, renewSeconds: 5, connectionsPerGateway: 10_000 };
/** The limit of a question about heads. */
const roomsPerQuestion = 500;

export interface GatewaySize {
  connections: number;
  roomsOfEach: number;
}

/**
 * One gateway's counts. No two of its connections share a room: with many gateways, the members of
 * a room are spread over them.
 */
export const formula = {
  /**
   * Redis channels: one per room and user, those to which every gateway subscribes, and the one for
   * responses to it.
   */
  channels: ({ connections, roomsOfEach }: GatewaySize): number =>
    connections * (roomsOfEach + 1) + statusKeys.length + 2,
  /** Questions to the directory about memberships, when everybody resumes. */
  standings: ({ connections }: GatewaySize): number => connections,
  /** Questions to messages, when everybody resumes. */
  syncs: ({ connections }: GatewaySize): number => connections,
  /** Questions to messages about heads, at each `HEAD_CHECK`. */
  heads: ({ connections, roomsOfEach }: GatewaySize): number =>
    Math.ceil((connections * roomsOfEach) / roomsPerQuestion),
};

/** All gateways together, in a second at peak. */
export function atScale(users: number) {
  const gateways = Math.max(2, Math.ceil(users / settings.connectionsPerGateway));
  const each = { connections: users / gateways, roomsOfEach: habits.roomsOfEach };
  const messages = users / habits.secondsPerMessage;
  return {
    gateways,
    messages,
    deliveries: messages * habits.roomSize,
    headQuestions: (gateways * formula.heads(each)) / settings.headCheckSeconds,
    channelsOfEach: formula.channels(each),
    renewals: users / settings.renewSeconds,
  };
}
