import { type Command, Redis } from 'ioredis';
import type { Subscriber } from './subscriber.ts';

/**
 * The subscriber's client. The adapter drops the promises of its subscriptions, and so does ioredis when it subscribes again after a reconnect: here they
 * are watched, so that none rejects unheard, and so that one can wait for them.
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
