import type { Envelope } from '@parley/contracts';
import { eventually, testNamespace, testServices } from '@parley/testkit';
import { type ChannelModel, connect } from 'amqplib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RabbitBus } from '../src/index.ts';
import { gate, numbered, numbersOf, silent, upTo } from './test-events.ts';

describe('RabbitBus and its queues', () => {
  let namespace: string;
  let bus: RabbitBus;
  /** Another AMQP client that interferes. */
  let stranger: ChannelModel;
  beforeEach(async () => {
    namespace = testNamespace();
    // The limit of a publication includes waiting for the small window.
    const options = { window: 3, publishTimeoutMs: 120_000 };
    bus = await RabbitBus.connect({ url: testServices().amqpUrl, namespace, logger: silent, ...options });
    stranger = await connect(testServices().amqpUrl);
  });
  afterEach(async () => {
    await bus.close();
    await stranger.close();
  });

  it('reads no stack while it connects, because Node would parse the source map for it', async () => {
    const { prepareStackTrace } = Error;
    const read: string[] = [];
    Error.prepareStackTrace = (_error, frames) => {
      if (frames.length > 0) read.push(frames.map((frame) => frame.getFunctionName()).join(' '));
      return '';
    };
    try {
      const other = await RabbitBus.connect({ url: testServices().amqpUrl, namespace, logger: silent });
      Error.prepareStackTrace = prepareStackTrace;
      await other.close();
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
    expect(read).toEqual([]);
  });

  it('moves unreadable messages to the dead letters and continues', async () => {
    const seen: number[] = [];
    const channel = await stranger.createConfirmChannel();
    await bus.publish('auth', 0, numbered(0));
    channel.publish(`${namespace}.auth`, '0', Buffer.from('{"half":'));
    channel.publish(`${namespace}.auth`, '0', Buffer.from('42'));
    await channel.waitForConfirms();
    await bus.publish('auth', 0, numbered(1));
    await bus.consume('auth', 'directory', async (events) => {
      seen.push(...numbersOf(events));
    });
    await eventually(() => expect(seen).toEqual([0, 1]));
    const letters = await eventually(async () => {
      const found = await bus.deadLetters('directory').peek(10);
      expect(found).toHaveLength(2);
      return found;
    });
    expect(letters.map(({ event }) => [event.type, event.data])).toEqual([
      ['unreadable', '{"half":'],
      ['unreadable', '42'],
    ]);
    expect(letters[0]).toMatchObject({ topic: 'auth', partition: 0, reason: 'not JSON' });
    expect(letters[1]).toMatchObject({ topic: 'auth', partition: 0, reason: 'not an event' });
  });

  it('keeps events of this release from the queues of a group that only the last release has', async () => {
    const channel = await stranger.createConfirmChannel();
    const { queue: former } = await channel.assertQueue(`${namespace}.timeline.gateway.0`, {
      exclusive: true,
    });
    await channel.bindQueue(former, `${namespace}.timeline`, '0');
    const consumed: number[] = [];
    const fromLastRelease: number[] = [];
    await bus.consume(
      'timeline',
      'notifications',
      async (events) => void consumed.push(...numbersOf(events)),
    );
    const collect = (event: Envelope) => void fromLastRelease.push(...numbersOf([event]));
    await bus.listen('timeline', collect, { lastRelease: true });
    await bus.publish('timeline', 0, numbered(0));
    // As a process of the last release publishes.
    channel.publish(`${namespace}.timeline`, '0', Buffer.from(JSON.stringify(numbered(1))));
    await channel.waitForConfirms();
    await bus.publish('timeline', 0, numbered(2));
    await eventually(() => expect(consumed).toEqual([0, 1, 2]));
    await eventually(() => expect(fromLastRelease).toEqual([1]));
    expect((await channel.checkQueue(former)).messageCount).toBe(1);
  });

  it('publishes any number of events through a small window of unconfirmed ones', async () => {
    const seen: number[] = [];
    await bus.consume('auth', 'directory', async (events) => {
      seen.push(...numbersOf(events));
    });
    await Promise.all(upTo(500).map((n) => bus.publish('auth', 0, numbered(n))));
    await eventually(() => expect(seen).toEqual(upTo(500)));
  });

  it('carries events larger than a frame', async () => {
    const sizes: number[] = [];
    await bus.consume('auth', 'directory', async (events) => {
      for (const event of events) sizes.push(JSON.stringify(event.data).length);
    });
    const data = 'x'.repeat(1_000_000);
    await Promise.all(upTo(5).map(() => bus.publish('auth', 0, { ...numbered(0), data })));
    await eventually(() => expect(sizes).toEqual(Array(5).fill(data.length + 2)));
  });

  it('restores a deleted queue and its consumer', async () => {
    const seen: number[] = [];
    await bus.consume('auth', 'directory', async (events) => {
      seen.push(...numbersOf(events));
    });
    let recoveries = 0;
    bus.onRecovered(() => {
      recoveries += 1;
    });
    const channel = await stranger.createChannel();
    await channel.deleteQueue(`${namespace}.auth.directory.1`);
    await eventually(() => expect(recoveries).toBe(1));
    await bus.publish('auth', 1, numbered(1));
    await eventually(() => expect(seen).toEqual([1]));
  });

  it('rejects an event for which no queue exists', async () => {
    const channel = await stranger.createChannel();
    await channel.deleteQueue(`${namespace}.auth.directory.1`);
    await expect(bus.publish('auth', 1, numbered(1))).rejects.toMatchObject({ code: 'unavailable' });
    await bus.publish('auth', 0, numbered(1));
  });

  it('fails an open call promptly when its connection is lost', async () => {
    const { passed, open } = gate();
    await bus.serve('never', () => passed);
    const channel = await stranger.createChannel();
    const refused = expect(bus.call('never', {}, { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await eventually(async () => expect(await channel.deleteQueue(`${namespace}.rpc.never`)).toBeDefined());
    await refused;
    open();
  });
});
