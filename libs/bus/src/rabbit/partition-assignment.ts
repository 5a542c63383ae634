import { createHash } from 'node:crypto';
import type { Logger } from '@parley/runtime';
import type { Channel, ChannelModel } from 'amqplib';
import { closeChannel, dropConnection, openChannel } from './channels.ts';
import type { PartitionConsumer } from './partition-consumer.ts';
import type { RabbitLink, Subscription } from './rabbit-link.ts';
import type { ReplySender } from './reply-sender.ts';
import type { Names } from './topology.ts';

interface Announcement {
  member: string;
  groups: string[];
}

/** A member that was silent for so many beats is gone. */
const beatsUntilGone = 3;

/**
 * Shares the partitions of a group among its members. The broker makes whoever subscribed first the active one of a partition and keeps it so: of two
 * replicas, the one that started first would do all the work.
 *
 * So the members tell each other at every beat that they are there, and each works out by itself who should own which partition. A member that
 * gets deliveries of a partition that another should own hands it over: it finishes what is running, closes its subscription, which puts the rest back and makes
 * the next in line active, and queues up again at the end. If that next one is not the owner either, it does the same at its next beat.
 * Who works at any moment is decided by the broker alone; where members disagree, partitions move more than they need to, and nothing worse.
 */
export class PartitionAssignment implements Subscription {
  readonly #member: string;
  readonly #names: Names;
  /** Not over the link itself: on a connection that publishes, a broker short of memory stops the acknowledgements too. */
  readonly #sender: ReplySender;
  readonly #link: RabbitLink;
  readonly #logger: Logger;
  readonly #beatMs: number;
  /** Our subscriptions, each with the group it is in (`topic.group`). */
  readonly #own = new Map<readonly PartitionConsumer[], string>();
  readonly #others = new Map<string, { groups: string[]; seenAt: number }>();
  #beat: NodeJS.Timeout | undefined;
  #channel: Channel | undefined;

  constructor(options: {
    member: string;
    names: Names;
    sender: ReplySender;
    link: RabbitLink;
    beatMs: number;
    logger: Logger;
  }) {
    this.#member = options.member;
    this.#names = options.names;
    this.#sender = options.sender;
    this.#link = options.link;
    this.#logger = options.logger;
    this.#beatMs = options.beatMs;
  }

  /** @param consumers one for each partition, in their order, and subscribed already: others hand over to them. */
  join(group: string, consumers: readonly PartitionConsumer[]): void {
    this.#own.set(consumers, group);
    this.#announce();
  }

  leave(consumers: readonly PartitionConsumer[]): void {
    if (this.#own.delete(consumers)) this.#announce();
  }

  async attach(model: ChannelModel): Promise<void> {
    const channel = await openChannel(model, this.#logger);
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false });
    await channel.bindQueue(queue, this.#names.members, '');
    const hear = (text: string) => {
      const { member, groups } = JSON.parse(text) as Announcement;
      if (member !== this.#member) this.#others.set(member, { groups, seenAt: performance.now() });
    };
    await channel.consume(
      queue,
      (message) => (message ? hear(message.content.toString()) : dropConnection(model)),
      { noAck: true },
    );
    this.#channel = channel;
    this.#others.clear();
    this.#beat = setInterval(() => this.#onBeat(), this.#beatMs).unref();
    this.#announce();
  }

  detach(): void {
    this.#channel = undefined;
    clearInterval(this.#beat);
  }

  async release(): Promise<void> {
    const channel = this.#channel;
    this.detach();
    if (channel) await closeChannel(channel);
  }

  #onBeat(): void {
    this.#announce();
    const goneBefore = performance.now() - this.#beatMs * beatsUntilGone;
    for (const [member, { seenAt }] of this.#others) if (seenAt < goneBefore) this.#others.delete(member);
    for (const [consumers, group] of this.#own) {
      const members = [...this.#others]
        .filter(([, other]) => other.groups.includes(group))
        .map(([member]) => member);
      const owners = assignedPartitions(group, [...members, this.#member], consumers.length);
      for (const [partition, consumer] of consumers.entries()) {
        if (consumer.active && owners[partition] !== this.#member) void this.#link.renew(consumer);
      }
    }
  }

  #announce(): void {
    const announcement: Announcement = { member: this.#member, groups: [...this.#own.values()] };
    this.#sender.announce(this.#names.members, Buffer.from(JSON.stringify(announcement)));
  }
}

/**
 * The owner of each partition. Whoever knows the same members comes to the same answer; their shares differ by one at most, and few
 * partitions move when a member comes or goes (rendezvous hashing with a limit).
 */
export function assignedPartitions(group: string, members: readonly string[], partitions: number): string[] {
  const shares = new Map(members.map((member) => [member, 0]));
  const share = Math.floor(partitions / members.length);
  let larger = partitions % members.length;
  return Array.from({ length: partitions }, (_, partition) => {
    let owner = '';
    let highest = '';
    for (const [member, count] of shares) {
      const rank = createHash('sha1').update(`${group} ${partition} ${member}`).digest('hex');
      if (count < share + (larger > 0 ? 1 : 0) && rank > highest) [owner, highest] = [member, rank];
    }
    const count = (shares.get(owner) ?? 0) + 1;
    shares.set(owner, count);
    if (count > share) larger -= 1;
    return owner;
  });
}
