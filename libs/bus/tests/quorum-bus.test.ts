import { type ServerCluster, startRabbitCluster } from '@parley/servers';
import { eventually, temporaryFolder, testNamespace } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { RabbitBus } from '../src/index.ts';
import { timelinePartitions } from './rabbit-contract.ts';
import { numbered, numbersOf, silent, upTo } from './test-events.ts';

// On three nodes. `rabbit-bus.test.ts` has the contract on quorum queues, which one node keeps too.
let cluster: ServerCluster;
const open: RabbitBus[] = [];
beforeAll(async () => {
  cluster = await startRabbitCluster({ dir: temporaryFolder() });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((bus) => bus.close()));
});
afterAll(() => cluster?.stop());

const join = async (namespace: string) => {
  const bus = await RabbitBus.connect({
    url: cluster.url,
    namespace,
    logger: silent,
    heartbeatSeconds: 1,
    queueType: 'quorum',
    timelinePartitions,
    publishTimeoutMs: 60_000,
  });
  open.push(bus);
  return bus;
};

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
