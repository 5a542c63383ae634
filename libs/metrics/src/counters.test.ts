import { expect, test } from 'vitest';
import { Metrics } from './metrics.ts';

test('a histogram counts in each bucket the values up to its bound', async () => {
  const metrics = new Metrics();
  const waits = metrics.histogram('wait_seconds', 'Time', ['queue'], [0.1, 1]);
  for (const seconds of [0.05, 0.1, 0.5, 3]) waits.of('a').record(seconds);
  const page = await metrics.registry.metrics();
  expect(page).toContain('# TYPE parley_wait_seconds histogram');
  const samples = page.split('\n').filter((line) => line.startsWith('parley_wait_seconds'));
  expect(samples).toEqual([
    'parley_wait_seconds_bucket{queue="a",le="0.1"} 2',
    'parley_wait_seconds_bucket{queue="a",le="1"} 3',
    'parley_wait_seconds_bucket{queue="a",le="+Inf"} 4',
    'parley_wait_seconds_sum{queue="a"} 3.65',
    'parley_wait_seconds_count{queue="a"} 4',
  ]);
});

test('a counter shows each combination of labels once used; without labels it starts at 0', async () => {
  const metrics = new Metrics();
  const events = metrics.counter('events_total', 'Events', ['event', 'outcome']);
  events.of('a', 'done').add();
  events.of('a', 'done').add(2);
  events.of('a', 'say "no"\\').add();
  metrics.counter('others_total', 'Others').of();
  const page = await metrics.registry.metrics();
  expect(page).toContain('parley_events_total{event="a",outcome="done"} 3\n');
  expect(page).toContain('parley_events_total{event="a",outcome="say \\"no\\"\\\\"} 1\n');
  expect(page).toContain('parley_others_total 0\n');
});
