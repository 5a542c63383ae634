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

/** A member that misses this many announcements is gone. */
const beatsUntilGone = 3;

/**
 * Shares the partitions of a group among its members. RabbitMQ keeps the member that subscribed
 * first active on every partition, so of two replicas the older one would do all the work.
 *
 * The members announce themselves at every beat, and each computes which member should own which
 * partition. A member that is active on another member's partition gives it up. It finishes the
 * running batch, closes its subscription, which returns the rest and activates the next subscriber,
 * and subscribes again at the end. If the next subscriber is not the owner either, it does the same
 * at its next beat. The broker alone decides which member is active. When members disagree,
 * partitions only move more often than necessary.
 */
export class PartitionAssignment implements Subscription {
  readonly #member: string;
  readonly #names: Names;
  /**
   * Uses the publishing connection. Publishing over `#link` would let a broker that is short of
   * memory block its acknowledgements.
   */
  readonly #sender: ReplySender;
  readonly #link: RabbitLink;
  readonly #logger: Logger;
  readonly #beatMs: number;
  /** Our subscriptions and their group (`topic.group`). */
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

  /**
   * @param consumers one per partition, in order, and already subscribed: others hand over to them
   */
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
    const onAnnouncement = (text: string) => {
      const { member, groups } = JSON.parse(text) as Announcement;
      if (member !== this.#member) this.#others.set(member, { groups, seenAt: performance.now() });
    };
    await channel.consume(
      queue,
      (message) => (message ? onAnnouncement(message.content.toString()) : dropConnection(model)),
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
 * The owner of each partition. Members that know each other compute the same result. Shares differ
 * by at most one, and few partitions move when a member joins or leaves (rendezvous hashing with a
 * limit).
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
