import type { Change, Head, QuietHead, ServerEvent, ServerPayload } from '@parley/contracts';

/** An event without a number, delivered only to the connections present now. */
export interface BackplaneEvent<E extends ServerEvent = ServerEvent> {
  event: E;
  data: ServerPayload<E>;
  /** Skips this connection. */
  exceptConnection?: string;
  /** Skips all connections of this user. */
  exceptUser?: string;
  /** Skips all connections of these users. */
  exceptUsers?: readonly string[];
  /** Limits connections that follow all rooms of their user to those that joined this room. */
  inRoom?: string;
  /**
   * A room key addresses all connections of its members, subscribed or not. Requires several keys,
   * because only those messages reach every gateway. Only for gateways of the last release, and
   * from them: see `UserStatus`. To be removed in the next release.
   */
  toMembers?: boolean;
  /** Gateways of this release ignore it, because they have received it as `UserStatus`. */
  forLastRelease?: boolean;
}

/** A user came online or went offline. Published under the user's `statusKey`. */
export interface UserStatus {
  status: ServerPayload<'user_status'>;
  /** Their members learn of it, whether they joined by socket or not. */
  rooms: readonly string[];
  /** They learn of it, too. */
  users: readonly string[];
  /** They do not. */
  exceptUsers: readonly string[];
}

/** A message to gateways. */
export type BackplaneMessage =
  /** Changes of one room, in order. */
  | { changes: [Change, ...Change[]] }
  /** Could not be published before. */
  | { head: Head }
  /** For every gateway: the heads of rooms that have just fallen quiet. */
  | { quiet: QuietHead[] }
  | UserStatus
  | BackplaneEvent;

export type BackplaneHandler = (keys: readonly string[], message: BackplaneMessage) => void;

/** The publishing side of the backplane. */
export interface BackplanePublisher {
  /**
   * Publishes to every gateway subscribed to the key. A message with several keys, or none, reaches
   * every gateway once. Never rejects; answers whether the message was sent. A message that was
   * sent may still be lost. Messages of one process for the same keys keep their order.
   */
  publish(keys: readonly string[], message: BackplaneMessage): Promise<boolean>;

  close(): Promise<void>;
}

/**
 * Connects the gateways with each other and with the rooms' writers. `RedisBackplane` joins several
 * gateways; `MemoryBackplane` serves a single one in the process of its writer.
 * `tests/backplane-contract.ts` runs against both.
 *
 * Delivery is at most once: a message is lost to a gateway that cannot be reached at the time.
 * Changes are numbered, so each gateway's sequencer detects and fills the gaps.
 */
export interface Backplane extends BackplanePublisher {
  /** Sets the handler of incoming messages. Called once, before anything else. */
  onMessage(handler: BackplaneHandler): void;

  /** As `BackplanePublisher.publish`, and delivers to this gateway's handler at once. */
  publish(keys: readonly string[], message: BackplaneMessage): Promise<boolean>;

  /**
   * Subscribes this gateway to the keys. Resolves when messages for them arrive, or after one
   * second while the backplane cannot be reached.
   */
  subscribe(keys: readonly string[]): Promise<void>;

  unsubscribe(key: string): void;

  /** Called when the backplane works again. Messages published during the outage are lost. */
  onRecovered(callback: () => void): void;
}
