import { Cluster, type Command } from 'ioredis';
import { nodeOf } from './slots.ts';
import type { Subscriber } from './subscriber.ts';

const retryMs = 250;

/**
 * The subscribing client on Redis Cluster. ioredis keeps one connection per node for sharded
 * subscriptions and restores established ones after a reconnect. It forgets subscriptions that were
 * requested while the node was not connected. This class remembers and retries them.
 */
export class QuietCluster extends Cluster implements Subscriber {
  readonly #wanted = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #onSubscribedAgain: (() => void)[] = [];

  async subscribed(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  onSubscribedAgain(callback: () => void): void {
    if (this.#onSubscribedAgain.length === 0) this.on('subscribersReady', () => void this.#confirmAll());
    this.#onSubscribedAgain.push(callback);
  }

  override sendCommand(...args: Parameters<Cluster['sendCommand']>): unknown {
    const [command] = args;
    const result = super.sendCommand(...args);
    if (command.name === 'ssubscribe') this.#watch(command);
    if (command.name === 'sunsubscribe')
      for (const channel of command.getKeys()) this.#wanted.delete(String(channel));
    // The adapter does not handle rejections itself.
    command.promise.catch(() => undefined);
    return result;
  }

  #watch(command: Command): void {
    const channels = command.getKeys().map(String);
    for (const channel of channels) this.#wanted.add(channel);
    const settled = command.promise
      .then(
        () => this.#succeeded(channels),
        () => this.#tryAgain(channels),
      )
      .finally(() => this.#inFlight.delete(settled));
    this.#inFlight.add(settled);
  }

  #succeeded(channels: readonly string[]): void {
    const late = channels.filter((channel) => this.#failed.delete(channel));
    if (late.length > 0) this.#notify();
  }

  #tryAgain(channels: readonly string[]): void {
    for (const channel of channels) this.#failed.add(channel);
    setTimeout(() => {
      for (const channel of channels) {
        if (!this.#wanted.has(channel) || this.status === 'end') this.#failed.delete(channel);
        else if (this.#failed.has(channel)) this.ssubscribe(channel).catch(() => undefined);
      }
    }, retryMs).unref();
  }

  /**
   * ioredis resubscribes without waiting for confirmations. One more subscription per connection is
   * confirmed after those, so its confirmation covers them all.
   */
  async #confirmAll(): Promise<void> {
    const last = new Map([...this.#wanted].map((channel) => [nodeOf(this, channel), channel]));
    if (last.size === 0) return;
    const confirmed = await Promise.allSettled([...last.values()].map((channel) => this.ssubscribe(channel)));
    // `#tryAgain` repeats a failed one and notifies afterwards.
    if (confirmed.every(({ status }) => status === 'fulfilled')) this.#notify();
  }

  #notify(): void {
    for (const callback of this.#onSubscribedAgain) callback();
  }
}
