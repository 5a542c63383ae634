import { MemoryBus } from '@parley/bus';
import { type Envelope, makeEvent } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TracedBus } from '../src/index.ts';
import { memoryTracing } from './memory-tracing.ts';

let plain: MemoryBus;
beforeEach(() => {
  plain = new MemoryBus({ logger: createLogger({ service: 'test', level: 'silent' }) });
});
afterEach(() => plain.close());

test('calls and events carry the trace of their sender, and handlers continue it', async () => {
  const { tracing, spans } = memoryTracing();
  const bus = new TracedBus(plain, tracing);
  const got: Envelope[] = [];
  await bus.serve('double', (data) => Number(data) * 2);
  await bus.consume('auth', 'directory', async (events) => {
    got.push(...events);
    await bus.call('double', 1);
  });
  const event = makeEvent('session.revoked', {} as never, { id: newId(), now: Date.now() });
  await tracing.span('request', { of: [] }, () => bus.publish('auth', 0, event));
  const names = ['request', 'publish auth', 'consume auth', 'call double', 'serve double'];
  const chain = names.map((name) => spans().find((span) => span.name === name));
  for (const [index, span] of chain.slice(1).entries())
    expect(span?.parentSpanContext?.spanId, names[index + 1]).toBe(chain[index]?.spanContext().spanId);
  expect(got).toEqual([{ ...event, trace: expect.stringMatching(/^00-/) }]);
});

test('an event with a trace continues that trace, not the trace of its publisher', async () => {
  const { tracing, spans } = memoryTracing();
  const bus = new TracedBus(plain, tracing);
  await bus.consume('auth', 'directory', async () => undefined);
  const maker = await tracing.span('maker', { of: [] }, async ({ trace }) => trace);
  const event = makeEvent('session.revoked', {} as never, { id: newId(), now: Date.now(), trace: maker });
  await tracing.span('publisher', { of: [] }, () => bus.publish('auth', 0, event));
  const of = (name: string) =>
    spans()
      .find((span) => span.name === name)
      ?.spanContext();
  expect(of('publish auth')?.traceId).toBe(of('maker')?.traceId);
  expect(of('consume auth')?.traceId).toBe(of('maker')?.traceId);
});
