import type { Change } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import type { Fleet, FleetHandler, FleetMessage } from './fleet.ts';
import { isUserKey } from './keys.ts';

/** A fleet whose changes carry their traces from gateway to gateway: handing one on is a span in it. */
export class TracedFleet implements Fleet {
  readonly #fleet: Fleet;
  readonly #tracing: Tracing;
  readonly #clock: Clock;

  constructor(fleet: Fleet, tracing: Tracing, clock: Clock) {
    this.#fleet = fleet;
    this.#tracing = tracing;
    this.#clock = clock;
  }

  onMessage(handler: FleetHandler): void {
    this.#fleet.onMessage(handler);
  }

  publish(keys: readonly [string, ...string[]], message: FleetMessage): Promise<void> {
    if (!('changes' in message)) return this.#fleet.publish(keys, message);
    const [first, ...others] = message.changes;
    const [key] = keys;
    return this.#fleet.publish(keys, { changes: [this.#handOn(key, first), ...others.map((change) => this.#handOn(key, change))] });
  }

  hear(key: string): Promise<void> {
    return this.#fleet.hear(key);
  }

  unhear(key: string): void {
    this.#fleet.unhear(key);
  }

  onRecovered(callback: () => void): void {
    this.#fleet.onRecovered(callback);
  }

  close(): Promise<void> {
    return this.#fleet.close();
  }

  #handOn(key: string, change: Change): Change {
    if (change.trace === undefined) return change;
    const attributes = { 'parley.room.id': change.roomId, 'parley.to': isUserKey(key) ? 'user' : 'room' };
    const options = { kind: 'producer', of: [change.trace], links: [this.#tracing.current()], since: this.#clock(), attributes } as const;
    return { ...change, trace: this.#tracing.record(`fan out ${change.kind}`, options) };
  }
}
