import { StartError } from '@parley/runtime';
import { eventually, testNamespace, testServices } from '@parley/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { RabbitBus, type RabbitBusOptions } from '../src/index.ts';
import { eventContracts } from './bus-contract.ts';
import { deleteNamespace, rabbitContract, timelinePartitions } from './rabbit-contract.ts';
import { numbered, numbersOf, silent, upTo } from './test-events.ts';

rabbitContract('RabbitBus', () => ({ url: testServices().amqpUrl }));

// Only events wait in quorum queues. Listeners, calls and replies use the same queues as on classic
// ones.
rabbitContract(
  'RabbitBus on quorum queues',
  () => ({ url: testServices().amqpUrl, queueType: 'quorum' }),
  eventContracts,
);

describe('RabbitBus with quorum queues', () => {
  const open: RabbitBus[] = [];
  const join = async (namespace: string, more: Partial<RabbitBusOptions> = {}) => {
    const bus = await RabbitBus.connect({
      url: testServices().amqpUrl,
      namespace,
      logger: silent,
      queueType: 'quorum',
      timelinePartitions,
      ...more,
    });
    open.push(bus);
    return bus;
  };
  const closeAll = () => Promise.all(open.splice(0).map((bus) => bus.close()));
  afterEach(closeAll);

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

    await closeAll();
    await deleteNamespace(testServices().amqpUrl, namespace, { ifEmpty: true });
    const after = await join(namespace);
    const seen: number[] = [];
    await after.consume('auth', 'directory', async (events) => {
      seen.push(...numbersOf(events));
    });
    await after.publish('auth', 0, numbered(2));
    await eventually(() => expect(seen).toEqual([2]));
  });
});
