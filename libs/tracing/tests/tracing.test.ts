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

test('a span is the parent of exactly the spans within its work, also across awaits', async () => {
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

test('work for one trace joins it; work for several begins a trace that links to each once', async () => {
  const { tracing, spans } = memoryTracing();
  await tracing.span('outer', {}, async () => {
    tracing.record('single', { of: [undefined, one, one], since: 1 });
    tracing.record('several', { of: [one, other, one, 'nonsense'], since: 1 });
    tracing.record('none', { of: [undefined], since: 1 });
  });
  const [single, several, none] = spans();
  expect(single?.spanContext().traceId).toBe(ids[0]);
  expect(single?.links).toEqual([]);
  expect(several?.parentSpanContext).toBeUndefined();
  expect(several?.links.map(({ context }) => context.traceId)).toEqual(ids);
  expect(none?.parentSpanContext).toBeUndefined();
  expect(none?.links).toEqual([]);
});

test('an unrecorded trace starts no batch trace and stays unrecorded downstream', async () => {
  const { tracing, spans } = memoryTracing();
  tracing.record('batch', { of: [unrecorded, one], since: 1 });
  expect(spans()[0]?.spanContext().traceId).toBe(ids[0]);
  const off = nothing();
  const trace = await off.tracing.span('quiet', { of: [] }, async ({ trace }) => trace);
  expect(trace).toMatch(/-00$/);
  expect(off.spans()).toEqual([]);
});

test('a span records the error code, fails only for server errors, and rethrows unchanged', async () => {
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

test('log lines written within a span contain its ids', async () => {
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
])('a malformed traceparent is ignored: %j', (text) => expect(readTraceParent(text)).toBeUndefined());

test('a trace context survives reading and writing', () => {
  for (const text of [one, unrecorded])
    expect(writeTraceParent(readTraceParent(text) ?? { traceId: '', spanId: '', traceFlags: 0 })).toBe(text);
});
