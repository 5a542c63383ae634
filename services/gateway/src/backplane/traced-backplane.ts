import type { Change } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import { isUserKey } from '../subscriptions/keys.ts';
import type { Backplane, BackplaneHandler, BackplaneMessage } from './backplane.ts';

/** Records publishing a change as a span, and passes the trace on to the receiving gateways. */
export class TracedBackplane implements Backplane {
  readonly #backplane: Backplane;
  readonly #tracing: Tracing;
  readonly #clock: Clock;

  constructor(backplane: Backplane, tracing: Tracing, clock: Clock) {
    this.#backplane = backplane;
    this.#tracing = tracing;
    this.#clock = clock;
  }

  onMessage(handler: BackplaneHandler): void {
    this.#backplane.onMessage(handler);
  }

  publish(keys: readonly [string, ...string[]], message: BackplaneMessage): Promise<void> {
    if (!('changes' in message)) return this.#backplane.publish(keys, message);
    const [first, ...others] = message.changes;
    const [key] = keys;
    return this.#backplane.publish(keys, {
      changes: [this.#deliver(key, first), ...others.map((change) => this.#deliver(key, change))],
    });
  }

  subscribe(key: string): Promise<void> {
    return this.#backplane.subscribe(key);
  }

  unsubscribe(key: string): void {
    this.#backplane.unsubscribe(key);
  }

  onRecovered(callback: () => void): void {
    this.#backplane.onRecovered(callback);
  }

  close(): Promise<void> {
    return this.#backplane.close();
  }

  #deliver(key: string, change: Change): Change {
    if (change.trace === undefined) return change;
    const attributes = { 'parley.room.id': change.roomId, 'parley.to': isUserKey(key) ? 'user' : 'room' };
    const options = {
      kind: 'producer',
      of: [change.trace],
      links: [this.#tracing.current()],
      since: this.#clock(),
      attributes,
    } as const;
    return { ...change, trace: this.#tracing.record(`fan out ${change.kind}`, options) };
  }
}
