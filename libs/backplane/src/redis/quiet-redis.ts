import { chunks } from '@parley/runtime/async';
import { type Command, Redis } from 'ioredis';
import type { Subscriber } from './subscriber.ts';

const channelsPerCommand = 1_000;

/**
 * The subscribing client. Neither the adapter nor ioredis, when it resubscribes after a reconnect,
 * handles the promises of subscriptions. This class handles their rejections and lets callers wait
 * for them. Both subscribe to one channel at a time, which this class gathers into few commands.
 */
export class QuietRedis extends Redis implements Subscriber {
  #lastSubscription: Promise<unknown> = Promise.resolve();
  /** Channels of the next command. */
  #gathered: string[] = [];
  #gathering: Promise<unknown> = Promise.resolve();

  subscribed(): Promise<unknown> {
    return this.#gathering.then(() => this.#lastSubscription);
  }

  onSubscribedAgain(callback: () => void): void {
    this.on('ready', () => void this.subscribed().then(callback));
  }

  /** Subscribes when the present turn ends, or before the next command. Never rejects. */
  override ssubscribe(...channels: unknown[]): Promise<unknown> {
    if (this.#gathered.length === 0) this.#gathering = Promise.resolve().then(() => this.#subscribe());
    this.#gathered.push(...channels.map(String));
    return this.subscribed();
  }

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    // Keeps the order of subscribing and unsubscribing.
    this.#subscribe();
    const result = super.sendCommand(command, stream);
    const settled = command.promise.catch(() => undefined);
    if (command.name === 'ssubscribe') this.#lastSubscription = settled;
    return result;
  }

  #subscribe(): void {
    for (const channels of chunks(this.#gathered.splice(0), channelsPerCommand))
      super.ssubscribe(...channels).catch(() => undefined);
  }
}
