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

/** Resolves when the dead letter is safe; only then may the original be acknowledged. */
export function buryEvent(publisher: ConfirmedPublisher, queue: string, burial: Burial): Promise<void> {
  const { topic, partition, body, reason } = burial;
  const headers = { topic, partition, reason, time: new Date().toISOString() };
  return publisher.publish({ exchange: '', routingKey: queue, body, headers });
}

/** A group's dead letters, in a queue of their own. Looking takes them out and closes the channel, which puts them back in their places. */
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
    return this.#link.borrow(async (channel) => {
      const letters: DeadLetter[] = [];
      for await (const message of this.#take(channel, limit)) letters.push(readLetter(message));
      return letters;
    });
  }

  requeue(limit: number): Promise<number> {
    return this.#link.borrow(async (channel) => {
      // What fails again comes back behind these: without this it would go round until the limit is reached.
      const { messageCount } = await channel.checkQueue(this.#queue);
      let count = 0;
      for await (const message of this.#take(channel, Math.min(limit, messageCount))) {
        const { topic, partition } = readLetter(message);
        // Not through the topic: the other groups have had it.
        await this.#publisher.publish({
          exchange: '',
          routingKey: this.#names.queue(topic, this.#group, partition),
          body: message.content,
        });
        acknowledge(channel, message, { upTo: false });
        count += 1;
      }
      return count;
    });
  }

  get #queue(): string {
    return this.#names.dead(this.#group);
  }

  async *#take(channel: Channel, limit: number): AsyncGenerator<GetMessage> {
    for (let taken = 0; taken < limit; taken++) {
      const message = await channel.get(this.#queue);
      if (!message) return;
      yield message;
    }
  }
}

function readLetter(message: GetMessage): DeadLetter {
  const { topic, partition, reason, time } = message.properties.headers as Omit<DeadLetter, 'event'>;
  return { topic, partition, reason, time, event: readEvent(message.content.toString()).event };
}
