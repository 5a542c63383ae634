import { type Command, Redis } from 'ioredis';
import type { Subscriber } from './subscriber.ts';

/**
 * The subscribing client. Neither the adapter nor ioredis, when it resubscribes after a reconnect,
 * handles the promises of subscriptions. This class handles their rejections and lets callers wait
 * for them.
 */
export class QuietRedis extends Redis implements Subscriber {
  #lastSubscription: Promise<unknown> = Promise.resolve();

  subscribed(): Promise<unknown> {
    return this.#lastSubscription;
  }

  onSubscribedAgain(callback: () => void): void {
    this.on('ready', () => void this.subscribed().then(callback));
  }

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    const result = super.sendCommand(command, stream);
    const settled = command.promise.catch(() => undefined);
    if (command.name === 'ssubscribe') this.#lastSubscription = settled;
    return result;
  }
}
