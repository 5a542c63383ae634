import type { Change, ServerEvent, ServerPayload } from '@parley/contracts';

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
   * because only those messages reach every gateway.
   */
  toMembers?: boolean;
}

/**
 * The room has reached `seq`. A gateway that has not seen it missed changes, but none before
 * `from`.
 */
export interface Head {
  roomId: string;
  from: number;
  seq: number;
}

/** A message between gateways. */
export type BackplaneMessage =
  /** Changes of one room, in order. */
  { changes: [Change, ...Change[]] } | { head: Head } | BackplaneEvent;

export type BackplaneHandler = (keys: readonly string[], message: BackplaneMessage) => void;

/**
 * Connects the gateways. `RedisBackplane` joins several; `MemoryBackplane` serves a single gateway.
 * `tests/backplane-contract.ts` runs against both.
 *
 * Delivery is at most once: a message is lost to a gateway that cannot be reached at the time.
 * Changes are numbered, so each gateway's sequencer detects and fills the gaps.
 */
export interface Backplane {
  /** Sets the handler of incoming messages. Called once, before anything else. */
  onMessage(handler: BackplaneHandler): void;

  /**
   * Delivers to this gateway's handler at once, and publishes to every gateway subscribed to the
   * key. A message with several keys reaches every gateway once. Never rejects; resolves when the
   * message was sent or lost. Messages of one process for the same keys keep their order.
   */
  publish(keys: readonly [string, ...string[]], message: BackplaneMessage): Promise<void>;

  /**
   * Subscribes this gateway to the key. Resolves when messages for it arrive, or after one second
   * while the backplane cannot be reached.
   */
  subscribe(key: string): Promise<void>;

  unsubscribe(key: string): void;

  /** Called when the backplane works again. Messages published during the outage are lost. */
  onRecovered(callback: () => void): void;

  close(): Promise<void>;
}
