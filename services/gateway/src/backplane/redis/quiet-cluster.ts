import { Cluster, type Command } from 'ioredis';
import { nodeOf } from './slots.ts';
import type { Subscriber } from './subscriber.ts';

const retryMs = 250;

/**
 * The subscriber's client on Redis Cluster. ioredis keeps one connection per node for sharded subscriptions, and after a loss subscribes again what it knows of;
 * a subscription that was asked for while it had no connection to the node it forgets. Here each is remembered, and asked for until it is there.
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
    // Whoever asked may not listen: the adapter does not.
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
    if (late.length > 0) this.#tell();
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

  /** ioredis has subscribed again, without waiting. One more subscription over each connection is confirmed after those. */
  async #confirmAll(): Promise<void> {
    const last = new Map([...this.#wanted].map((channel) => [nodeOf(this, channel), channel]));
    if (last.size === 0) return;
    const confirmed = await Promise.allSettled([...last.values()].map((channel) => this.ssubscribe(channel)));
    // One that has failed is tried again, and told of then.
    if (confirmed.every(({ status }) => status === 'fulfilled')) this.#tell();
  }

  #tell(): void {
    for (const callback of this.#onSubscribedAgain) callback();
  }
}
