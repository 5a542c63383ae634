import { eventually, testNamespace, testServices } from '@parley/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { acrossPartitions, RabbitBus } from '../src/index.ts';
import { assignedPartitions } from '../src/rabbit/partition-assignment.ts';
import { numbered, numbersOf, silent, upTo } from './test-events.ts';

describe('the partitions of a group', () => {
  const buses: RabbitBus[] = [];
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });

  it('are shared as members change; no event is lost, reordered or handled twice at once', async () => {
    const namespace = testNamespace();
    const busy = new Set<number>();
    let overlaps = 0;
    /** Partitions of one batch. */
    let largest = 0;
    const seen = upTo(8).map((): number[] => []);
    /** The member that last worked on each partition. */
    const workers = upTo(8).map(() => '');
    const join = async (name: string) => {
      const bus = await RabbitBus.connect({
        url: testServices().amqpUrl,
        namespace,
        logger: silent,
        beatMs: 100,
        timelinePartitions: 8,
      });
      buses.push(bus);
      const handler = acrossPartitions(
        async (parts) => {
          for (const { partition } of parts) {
            if (busy.has(partition)) overlaps += 1;
            busy.add(partition);
          }
          largest = Math.max(largest, parts.length);
          await new Promise((resolve) => setTimeout(resolve, 3));
          for (const { partition, events } of parts) {
            seen[partition]?.push(...numbersOf(events));
            workers[partition] = name;
            busy.delete(partition);
          }
          return undefined;
        },
        { maxEvents: 32 },
      );
      await bus.consume('submissions', 'messages', handler, { maxBatch: 4 });
      return bus;
    };
    const shares = () => {
      const count = (name: string) => workers.filter((worker) => worker === name).length;
      return [count('one'), count('two'), count('three')].sort();
    };

    const one = await join('one');
    const published: Promise<void>[] = [];
    let next = 0;
    const pump = setInterval(() => {
      for (const partition of upTo(8)) published.push(one.publish('submissions', partition, numbered(next)));
      next += 1;
    }, 10);
    try {
      await eventually(() => expect(shares()).toEqual([0, 0, 8]));
      const two = await join('two');
      await eventually(() => expect(shares()).toEqual([0, 4, 4]));
      await join('three');
      await eventually(() => expect(shares()).toEqual([2, 3, 3]));
      await two.close();
      await eventually(() => expect(shares()).toEqual([0, 4, 4]));
    } finally {
      clearInterval(pump);
    }
    await Promise.all(published);
    await eventually(() => expect(seen).toEqual(upTo(8).map(() => upTo(next))));
    expect(overlaps).toBe(0);
    expect(largest).toBeGreaterThan(1);
  });

  it('are assigned evenly and identically by all members, and few move when a member joins', () => {
    for (const members of upTo(12).map((count) => upTo(count + 1).map((n) => `member ${n}`))) {
      const owners = assignedPartitions('g', members, 8);
      expect(assignedPartitions('g', [...members].reverse(), 8)).toEqual(owners);
      const shares = members.map((member) => owners.filter((owner) => owner === member).length);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      const after = assignedPartitions('g', [...members, 'newcomer'], 8);
      expect(owners.filter((owner, partition) => owner !== after[partition]).length).toBeLessThanOrEqual(6);
    }
  });
});
