import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { AppError } from '@parley/errors';
import { createLogger } from '@parley/runtime';
import { expect, test } from 'vitest';
import { startTracing } from '../src/index.ts';
import { readTraceParent, writeTraceParent } from '../src/trace-parent.ts';
import { memoryTracing, nothing } from './memory-tracing.ts';

const ids = ['a', 'b'].map((letter) => letter.repeat(32)) as [string, string];
const [one, other] = ids.map((traceId) => `00-${traceId}-${'c'.repeat(16)}-01`) as [string, string];
const unrecorded = `00-${'d'.repeat(32)}-${'c'.repeat(16)}-00`;

test('without an endpoint there is no tracing', async () => {
  const settings = {
    NAMESPACE: 'parley',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_TRACES_SAMPLER: 'always_on',
    OTEL_TRACES_SAMPLER_ARG: 1,
  } as const;
  expect(
    await startTracing({ settings, service: 'x', version: '0', instance: '1', onTrouble: () => undefined }),
  ).toBeUndefined();
});

test('what is under way is the parent of what it does, however long that takes, and of nothing else', async () => {
  const { tracing, spans } = memoryTracing();
  await Promise.all(
    ['a', 'b'].map((name) =>
      tracing.span(name, {}, async () => {
        await new Promise(setImmediate);
        await tracing.span(`${name} within`, { kind: 'client' }, async () => undefined);
      }),
    ),
  );
  expect(tracing.current()).toBeUndefined();
  const of = (name: string) => spans().find((span) => span.name === name);
  for (const name of ['a', 'b']) {
    expect(of(name)?.parentSpanContext).toBeUndefined();
    expect(of(`${name} within`)?.parentSpanContext?.spanId).toBe(of(name)?.spanContext().spanId);
    expect(of(`${name} within`)?.kind).toBe(SpanKind.CLIENT);
  }
});

test('work for one is in its trace; work for several begins one and links to each of them, once; absent ones are passed over', async () => {
  const { tracing, spans } = memoryTracing();
  await tracing.span('outer', {}, async () => {
    tracing.record('single', { of: [undefined, one, one], since: 1 });
    tracing.record('several', { of: [one, other, one, 'nonsense'], since: 1 });
    tracing.record('nobody', { of: [undefined], since: 1 });
  });
  const [single, several, nobody] = spans();
  expect(single?.spanContext().traceId).toBe(ids[0]);
  expect(single?.links).toEqual([]);
  expect(several?.parentSpanContext).toBeUndefined();
  expect(several?.links.map(({ context }) => context.traceId)).toEqual(ids);
  expect(nobody?.parentSpanContext).toBeUndefined();
  expect(nobody?.links).toEqual([]);
});

test('what is not recorded begins no trace of a batch, and stays so with whoever goes on', async () => {
  const { tracing, spans } = memoryTracing();
  tracing.record('batch', { of: [unrecorded, one], since: 1 });
  expect(spans()[0]?.spanContext().traceId).toBe(ids[0]);
  const off = nothing();
  const told = await off.tracing.span('quiet', { of: [] }, async ({ trace }) => trace);
  expect(told).toMatch(/-00$/);
  expect(off.spans()).toEqual([]);
});

test('a failure is told by its code; only what is our fault fails the span; it reaches the caller as it was', async () => {
  const { tracing, spans } = memoryTracing();
  const theirs = new AppError('room_not_found');
  const ours = new Error('a bug');
  for (const error of [theirs, ours]) {
    const failing = tracing.span('x', {}, async () => {
      throw error;
    });
    await expect(failing).rejects.toBe(error);
  }
  expect(spans().map(({ attributes, status }) => [attributes['error.type'], status.code])).toEqual([
    ['room_not_found', SpanStatusCode.UNSET],
    ['server_error', SpanStatusCode.ERROR],
  ]);
});

test('lines that are logged within a span name it', async () => {
  const { tracing, spans } = memoryTracing();
  const lines: string[] = [];
  const logger = createLogger({
    service: 'x',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
    fields: () => tracing.logFields(),
  });
  logger.info('outside');
  await tracing.span('inside', {}, async () => logger.info('inside'));
  const [outside, inside] = lines.map((line) => JSON.parse(line));
  expect(outside).not.toHaveProperty('traceId');
  const place = spans()[0]?.spanContext();
  expect(inside).toMatchObject({ traceId: place?.traceId, spanId: place?.spanId });
});

test.each([
  '',
  'x',
  one.toUpperCase(),
  one.replace('00-', '01-'),
  `${one}-1`,
  `00-${'0'.repeat(32)}-${'c'.repeat(16)}-01`,
  undefined,
  7,
])('%j is no context: it may come from anywhere', (text) => expect(readTraceParent(text)).toBeUndefined());

test('a context is written as it is read', () => {
  for (const text of [one, unrecorded])
    expect(writeTraceParent(readTraceParent(text) ?? { traceId: '', spanId: '', traceFlags: 0 })).toBe(text);
});
