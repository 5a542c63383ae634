import { MemoryBus } from '@parley/bus';
import { makeEvent } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';
import { MeasuredBus, Metrics } from '../src/index.ts';

const bus = new MemoryBus({ logger: createLogger({ service: 'test', level: 'silent' }) });
afterEach(() => bus.close());

const sample = async (metrics: Metrics, line: string) =>
  Number(
    (await metrics.registry.metrics())
      .split('\n')
      .find((shown) => shown.startsWith(`${line} `))
      ?.slice(line.length + 1),
  );

test('events are counted by outcome and measured by age at every attempt', async () => {
  const metrics = new Metrics();
  const measured = new MeasuredBus(bus, metrics);
  const failures: unknown[] = [new AppError('unavailable'), new Error('a bug')];
  await measured.consume('auth', 'directory', async () => {
    const failure = failures.shift();
    if (failure) throw failure;
  });
  const event = makeEvent(
    'session.revoked',
    { sessionId: newId(), userId: newId(), until: '', reason: 'logout' } as never,
    {
      id: newId(),
      now: Date.now() - 60_000,
    },
  );
  await measured.publish('auth', 1, event);

  const outcome = (name: string) =>
    sample(metrics, `parley_bus_events_total{queue="auth.directory.1",outcome="${name}"}`);
  await eventually(async () => expect(await outcome('handled')).toBe(1));
  expect(await outcome('postponed')).toBe(1);
  expect(await outcome('failed')).toBe(1);
  const lane = 'topic="auth",group="directory"';
  expect(await sample(metrics, `parley_bus_batch_duration_seconds_count{${lane}}`)).toBe(3);
  expect(await sample(metrics, `parley_bus_batch_size_sum{${lane}}`)).toBe(3);
  expect(await sample(metrics, `parley_bus_lag_seconds_bucket{${lane},le="30"}`)).toBe(0);
  expect(await sample(metrics, `parley_bus_lag_seconds_bucket{${lane},le="300"}`)).toBe(3);
});
