import type { Topic } from '@parley/contracts';
import type { Channel, GetMessage } from 'amqplib';
import type { DeadLetter, DeadLetters } from '../bus.ts';
import { readEvent } from '../wire.ts';
import { acknowledge } from './channels.ts';
import type { ConfirmedPublisher } from './confirmed-publisher.ts';
import type { RabbitLink } from './rabbit-link.ts';
import type { Names } from './topology.ts';

interface Burial {
  topic: Topic;
  partition: number;
  body: Buffer;
  reason: string;
}

/** Resolves when the dead letter is safe. Only then may the original be acknowledged. */
export function buryEvent(publisher: ConfirmedPublisher, queue: string, burial: Burial): Promise<void> {
  const { topic, partition, body, reason } = burial;
  const headers = { topic, partition, reason, time: new Date().toISOString() };
  return publisher.publish({ exchange: '', routingKey: queue, body, headers });
}

/** Limits the scan. With more dead letters than this, their order no longer matters. */
const maxScanned = 10_000;

/**
 * A group's dead letters, in a queue of their own. Reading takes them out and closes the channel,
 * which puts them back: in a classic queue in their old places, in a quorum queue at the end and a
 * moment later. So reading always takes all of them and sorts them by time.
 */
export class RabbitDeadLetters implements DeadLetters {
  readonly #group: string;
  readonly #names: Names;
  readonly #link: RabbitLink;
  readonly #publisher: ConfirmedPublisher;

  constructor(options: { group: string; names: Names; link: RabbitLink; publisher: ConfirmedPublisher }) {
    this.#group = options.group;
    this.#names = options.names;
    this.#link = options.link;
    this.#publisher = options.publisher;
  }

  count(): Promise<number> {
    return this.#link.borrow(async (channel) => (await channel.checkQueue(this.#queue)).messageCount);
  }

  peek(limit: number): Promise<DeadLetter[]> {
    return this.#link.borrow(async (channel) =>
      (await this.#oldest(channel, limit)).map(({ letter }) => letter),
    );
  }

  requeue(limit: number): Promise<number> {
    return this.#link.borrow(async (channel) => {
      const oldest = await this.#oldest(channel, limit);
      for (const { message, letter } of oldest) {
        // Bypasses the topic, because the other groups have already handled it.
        const routingKey = this.#names.queue(letter.topic, this.#group, letter.partition);
        await this.#publisher.publish({ exchange: '', routingKey, body: message.content });
        acknowledge(channel, message, { upTo: false });
      }
      return oldest.length;
    });
  }

  get #queue(): string {
    return this.#names.dead(this.#group);
  }

  async #oldest(channel: Channel, limit: number): Promise<{ message: GetMessage; letter: DeadLetter }[]> {
    const { messageCount } = await channel.checkQueue(this.#queue);
    const found: { message: GetMessage; letter: DeadLetter }[] = [];
    while (found.length < Math.min(messageCount, maxScanned)) {
      const message = await channel.get(this.#queue);
      if (!message) break;
      found.push({ message, letter: readLetter(message) });
    }
    return found
      .sort((one, other) => Date.parse(one.letter.time) - Date.parse(other.letter.time))
      .slice(0, limit);
  }
}

function readLetter(message: GetMessage): DeadLetter {
  const { topic, partition, reason, time } = message.properties.headers as Omit<DeadLetter, 'event'>;
  return { topic, partition, reason, time, event: readEvent(message.content.toString()).event };
}
