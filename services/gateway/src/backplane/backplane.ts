import type { Change, ServerEvent, ServerPayload } from '@parley/contracts';

/** An event that has no number: to whoever is there now. */
export interface BackplaneEvent<E extends ServerEvent = ServerEvent> {
  event: E;
  data: ServerPayload<E>;
  /** This connection does not get it. */
  exceptConnection?: string;
  /** No connection of this user gets it. */
  exceptUser?: string;
  /** Of the connections that follow all rooms of their user, only those in this room get it. */
  inRoom?: string;
  /** A room's key stands for all its members' connections, also for those that do not hear the room. Only with several keys: these reach every gateway. */
  toMembers?: boolean;
}

/** A room has come as far as `seq`: whoever has not seen that has missed something, but nothing before `from`. */
export interface Head {
  roomId: string;
  from: number;
  seq: number;
}

/** What gateways say to each other. */
export type BackplaneMessage =
  /** Changes of one room, in order. */
  { changes: [Change, ...Change[]] } | { head: Head } | BackplaneEvent;

export type BackplaneHandler = (keys: readonly string[], message: BackplaneMessage) => void;

/**
 * The road between gateways. Two implementations: `RedisBackplane`, and `MemoryBackplane` for a gateway on its own; `tests/fleet-contract.ts` runs on both.
 *
 * It keeps nothing and promises the others nothing: what goes while a gateway cannot be reached is lost to that gateway. So changes have numbers, and
 * the sequencer of each gateway fills what is missing.
 */
export interface Backplane {
  /** Who takes what arrives here. Called once, before anything else. */
  onMessage(handler: BackplaneHandler): void;

  /**
   * Hands a message to this gateway's handler at once, and sends it to every other gateway that hears one of the keys (with several keys: to every one, once).
   * Resolves when it is on the road, or will not get there; never rejects. One process' messages for the same keys keep their order.
   */
  publish(keys: readonly [string, ...string[]], message: BackplaneMessage): Promise<void>;

  /** From now on messages for that key are wanted here. Resolves when they arrive; while the road is closed, after a second without. */
  subscribe(key: string): Promise<void>;

  unsubscribe(key: string): void;

  /** Called when the road is open again: what was for us meanwhile is lost. */
  onRecovered(callback: () => void): void;

  close(): Promise<void>;
}
