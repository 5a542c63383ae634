import { StartError } from '@parley/runtime';
import { type ServerCluster, startRabbitCluster } from '@parley/servers';
import { eventually, temporaryFolder, testNamespace } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RabbitBus, type RabbitBusOptions } from '../src/index.ts';
import { eventContracts } from './bus-contract.ts';
import { deleteNamespace, rabbitContract, timelinePartitions } from './rabbit-contract.ts';
import { numbered, numbersOf, silent, upTo } from './test-events.ts';

/** Three nodes for the whole file. */
let cluster: ServerCluster;
beforeAll(async () => {
  cluster = await startRabbitCluster({ dir: temporaryFolder() });
});
afterAll(() => cluster?.stop());

// Only events wait in quorum queues. Listeners, calls and replies use the same queues as on one
// broker.
rabbitContract(
  'RabbitBus on quorum queues of a cluster',
  () => ({ url: cluster.url, queueType: 'quorum' }),
  eventContracts,
);

describe('RabbitBus on a cluster of brokers', () => {
  const open: RabbitBus[] = [];
  const join = async (namespace: string, more: Partial<RabbitBusOptions> = {}) => {
    const shared = {
      url: cluster.url,
      namespace,
      logger: silent,
      heartbeatSeconds: 1,
      queueType: 'quorum' as const,
      timelinePartitions,
    };
    const bus = await RabbitBus.connect({ ...shared, publishTimeoutMs: 60_000, ...more });
    open.push(bus);
    return bus;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
  });

  it('keeps dead letters, oldest first, however often they are read', async () => {
    const bus = await join(testNamespace());
    await bus.consume('auth', 'directory', async () => Promise.reject<void>(new Error('never')), {
      maxAttempts: 1,
    });
    for (const number of upTo(5)) await bus.publish('auth', 0, numbered(number));
    const letters = bus.deadLetters('directory');
    await eventually(async () => expect(await letters.count()).toBe(5));
    const peek = async (limit: number) => numbersOf((await letters.peek(limit)).map(({ event }) => event));
    for (const round of upTo(30)) {
      const limit = 1 + (round % 5);
      // The letters of the previous read take a moment to return.
      await eventually(async () => expect(await letters.count()).toBe(5));
      expect(await peek(limit)).toEqual(upTo(limit));
    }
  });

  it('refuses queues of the other type, explains the fix, and recreates them once deleted', async () => {
    const namespace = testNamespace();
    const before = await join(namespace, { queueType: 'classic' });
    await before.consume('auth', 'directory', async () => undefined);
    await before.publish('auth', 0, numbered(1));
    await eventually(async () =>
      expect(await before.depths()).toEqual({ 'auth.directory.0': 0, 'auth.directory.1': 0 }),
    );
    const refused = await join(namespace).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StartError);
    expect((refused as Error).message).toMatch(
      /QUEUE_TYPE=quorum[\s\S]*From classic to quorum queues[\s\S]*x-queue-type/,
    );

    await Promise.all(open.splice(0).map((bus) => bus.close()));
    await deleteNamespace(cluster.nodes[0]?.url ?? '', namespace, { ifEmpty: true });
    const after = await join(namespace);
    const seen: number[] = [];
    await after.consume('auth', 'directory', async (events) => {
      seen.push(...numbersOf(events));
    });
    await after.publish('auth', 0, numbered(2));
    await eventually(() => expect(seen).toEqual([2]));
  });

  // Runs last: one node stays dead.
  it('loses no confirmed event, keeps the order and recovers by itself when each node is killed in turn', {
    timeout: 180_000,
  }, async () => {
    const namespace = testNamespace();
    const [one, two] = [await join(namespace), await join(namespace)];
    const seen: number[][] = [[], []];
    await two.consume('auth', 'directory', async (events, { partition }) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen[partition]?.push(...numbersOf(events));
    });
    await two.serve('echo', (data) => data);
    const confirmed: Promise<void>[] = [];
    let next = 0;
    const pump = setInterval(() => {
      for (const partition of [0, 1]) {
        const publishing = one.publish('auth', partition, numbered(next));
        publishing.catch(() => undefined);
        confirmed.push(publishing);
      }
      next += 1;
    }, 50);
    const goesOn = (beyond: number) =>
      eventually(
        () => expect(Math.min(...seen.map((numbers) => numbers.at(-1) ?? 0))).toBeGreaterThan(beyond),
        { timeoutMs: 40_000 },
      );
    try {
      await goesOn(50);
      for (const [index, node] of cluster.nodes.entries()) {
        node.kill('SIGKILL');
        await node.exited;
        // Two of three nodes remain, so new events are confirmed and handled.
        await goesOn(next);
        // The two that remain at last were both killed before.
        if (index < 2) await node.restart();
      }
    } finally {
      clearInterval(pump);
    }
    await Promise.all(confirmed);
    for (const partition of [0, 1]) {
      await eventually(() => expect(new Set(seen[partition]).size).toBe(next), { timeoutMs: 40_000 });
      // Redelivery repeats whole ranges, so the first occurrences are complete and in order.
      expect([...new Set(seen[partition])]).toEqual(upTo(next));
    }
    await eventually(async () => expect(await one.call('echo', 'still there')).toBe('still there'));
    expect(await one.deadLetters('directory').count()).toBe(0);
  });
});
