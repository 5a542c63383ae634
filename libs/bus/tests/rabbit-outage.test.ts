import { type ServerProcess, startRabbit } from '@parley/servers';
import {
  brokerTablesHold,
  eventually,
  startStopwatch,
  startTcpProxy,
  temporaryFolder,
  testNamespace,
} from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RabbitBus, type RabbitBusOptions } from '../src/index.ts';
import { collectWarnings, gate, numbered, numberOf, numbersOf, silent, upTo } from './test-events.ts';

/** Stands for the interruption among the numbers of events. */
const interrupted = -2;

describe('RabbitBus during an outage of its broker', () => {
  let broker: ServerProcess;
  const dir = temporaryFolder();
  const open: RabbitBus[] = [];
  const connect = async (namespace: string, more: Partial<RabbitBusOptions> = {}) => {
    const bus = await RabbitBus.connect({
      url: broker.url,
      namespace,
      logger: silent,
      heartbeatSeconds: 1,
      ...more,
    });
    open.push(bus);
    return bus;
  };
  beforeAll(async () => {
    broker = await startRabbit({ dir });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
  });
  afterAll(() => broker.stop());

  it('loses nothing, keeps the order and recovers when the broker is killed under load', async () => {
    const namespace = testNamespace();
    const one = await connect(namespace, { publishTimeoutMs: 60_000 });
    const two = await connect(namespace);
    const recovered: string[] = [];
    one.onRecovered(() => recovered.push('one'));
    two.onRecovered(() => recovered.push('two'));
    const seen: number[][] = [[], []];
    await two.consume('auth', 'directory', async (events, { partition }) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen[partition]?.push(...numbersOf(events));
    });
    const received: number[] = [];
    await two.listen(
      'auth',
      (event) => {
        received.push(numberOf(event));
      },
      { onInterrupted: () => received.push(interrupted) },
    );
    const replies: unknown[] = [];
    const replyQueue = await one.openReplyQueue((data) => replies.push(data));
    await two.serve('echo', (data) => data);

    await eventually(() => expect(brokerTablesHold(dir, `${namespace}.auth.directory`)).toBe(true));
    const published: Promise<void>[] = [];
    let next = 0;
    const pump = setInterval(() => {
      for (let count = 0; count < 20; count++) {
        published.push(one.publish('auth', 0, numbered(next)), one.publish('auth', 1, numbered(next)));
        next += 1;
      }
    }, 5);
    await eventually(() => expect(seen[0]?.length).toBeGreaterThan(300));
    broker.kill('SIGKILL');
    await eventually(() => expect([one.connected, two.connected]).toEqual([false, false]));
    await expect(one.call('echo', 1)).rejects.toMatchObject({ code: 'unavailable' });
    clearInterval(pump);
    const sent = one.reply(replyQueue.address, 'once or not at all');
    await broker.restart();
    await Promise.all([...published, sent]);
    await eventually(() => expect(recovered.sort()).toEqual(['one', 'two']));

    for (const partition of [0, 1]) {
      await eventually(() => expect([...new Set(seen[partition])]).toEqual(upTo(next)));
    }
    await one.publish('auth', 0, numbered(-1));
    await eventually(() => expect(received.at(-1)).toBe(-1));
    expect(received).toContain(interrupted);
    expect(received.lastIndexOf(interrupted)).toBeLessThan(received.indexOf(-1));
    await two.reply(replyQueue.address, 'kept');
    await eventually(() => expect(replies.at(-1)).toBe('kept'));
    expect(await one.call('echo', 2)).toBe(2);
    expect(await one.depths()).toEqual({});
    await eventually(async () =>
      expect(await two.depths()).toEqual({ 'auth.directory.0': 0, 'auth.directory.1': 0 }),
    );
  });

  it('loses no reply and keeps their order when only the sender is cut off', async () => {
    const namespace = testNamespace();
    const proxy = await startTcpProxy(broker.url);
    const one = await connect(namespace);
    const two = await connect(namespace, { url: proxy.url, publishTimeoutMs: 30_000 });
    const replies: unknown[] = [];
    const replyQueue = await one.openReplyQueue((data) => replies.push(data));
    const sent: Promise<void>[] = [];
    const sendUpTo = (until: number) => {
      while (sent.length < until) sent.push(two.reply(replyQueue.address, sent.length));
    };
    sendUpTo(1_000);
    await eventually(() => expect(replies.length).toBeGreaterThan(0));
    proxy.block();
    await eventually(() => expect(two.connected).toBe(false));
    sendUpTo(1_100);
    expect(one.connected).toBe(true);
    proxy.unblock();
    await Promise.all(sent);
    await eventually(() => expect([...new Set(replies)]).toEqual(upTo(1_100)));
    await Promise.all([one, two].map((bus) => bus.close()));
    proxy.close();
  });

  it('keeps nothing of lost connections', async () => {
    const warnings = collectWarnings();
    const proxy = await startTcpProxy(broker.url);
    const bus = await connect(testNamespace(), { url: proxy.url });
    let recoveries = 0;
    bus.onRecovered(() => {
      recoveries += 1;
    });
    // Node.js warns of the eleventh listener of one signal.
    for (const _lost of upTo(12)) {
      const before = recoveries;
      proxy.cut();
      await eventually(() => expect(recoveries).toBeGreaterThan(before));
    }
    expect(warnings.names).toEqual([]);
    warnings.stop();
    await bus.close();
    proxy.close();
  });

  it('rejects in time while the broker is frozen, notices, and recovers with the broker', async () => {
    const namespace = testNamespace();
    const bus = await connect(namespace, { publishTimeoutMs: 300 });
    let recoveries = 0;
    bus.onRecovered(() => {
      recoveries += 1;
    });
    const seen: number[] = [];
    await bus.consume('auth', 'directory', async (events) => {
      seen.push(...numbersOf(events));
    });
    await bus.serve('echo', (data) => data);
    await bus.ping();
    broker.kill('SIGSTOP');
    let pinged: unknown;
    void bus.ping().catch((error: unknown) => {
      pinged = error;
    });
    await expect(bus.publish('auth', 0, numbered(1))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(bus.call('echo', 1, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'timeout' });
    expect(pinged).toBeUndefined();
    await eventually(() => expect(bus.connected).toBe(false));
    await eventually(() => expect(pinged).toMatchObject({ code: 'unavailable' }));
    broker.kill('SIGCONT');
    await eventually(() => expect(recoveries).toBe(1));
    await bus.ping();
    await bus.publish('auth', 0, numbered(2));
    await eventually(() => expect(seen.at(-1)).toBe(2));
    expect(await bus.call('echo', 3)).toBe(3);
  });

  it('closes within seconds while the broker is frozen, after the running handler', async () => {
    const namespace = testNamespace();
    const bus = await connect(namespace, { publishTimeoutMs: 300 });
    const { passed, open: letThrough } = gate();
    const done: number[] = [];
    await bus.consume('auth', 'directory', async (events) => {
      await passed;
      done.push(...numbersOf(events));
    });
    await bus.publish('auth', 0, numbered(1));
    await eventually(async () => expect(await bus.depths()).toMatchObject({ 'auth.directory.0': 1 }));
    broker.kill('SIGSTOP');
    try {
      const elapsedMs = startStopwatch();
      const closing = bus.close();
      letThrough();
      await closing;
      expect(done).toEqual([1]);
      expect(elapsedMs()).toBeLessThan(10_000);
    } finally {
      broker.kill('SIGCONT');
    }
  });

  it('rejects with `unavailable` when no broker is there at start', async () => {
    const options = {
      url: 'amqp://127.0.0.1:1',
      namespace: testNamespace(),
      logger: silent,
      connectTimeoutMs: 300,
    };
    await expect(RabbitBus.connect(options)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
