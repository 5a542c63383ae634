import { expect, it } from 'vitest';
import type { Latency } from '../load/histogram.ts';
import type { HistoryOfRoom } from '../measure/history.ts';
import { judge } from './goals.ts';
import type { Run } from './results.ts';

const latency = (p50: number): Latency => ({ count: 1, p50, p95: p50, p99: p50, max: p50 });
const room = (latest: number, older: number): HistoryOfRoom => ({
  messages: 1,
  latest: latency(latest),
  older: latency(older),
});
const judged = (runs: Run[]) => {
  const machine = { processors: 2, model: '', memoryBytes: 1, node: '' };
  const goals = judge({ at: '', mode: 'quick', machine, seconds: 1, runs });
  return goals.flatMap(({ title, ratio, met }) => (ratio === undefined ? [] : [{ title, ratio, met }]));
};

it("a goal's ratio is the median of the runs' ratios, so a run that is slow for both changes nothing", () => {
  const run = (parley: number, simple: number): Run => ({
    parley: { history: [room(parley, parley), room(parley, parley)] },
    simple: { history: [room(simple, simple), room(simple, simple)] },
  });
  const ratios = judged([run(2, 1), run(14, 10), run(10, 10)]);
  expect(ratios.find(({ title }) => title.includes('against the simple server'))).toEqual({
    title: 'history page, against the simple server (p50, the worst of latest and older, short and long)',
    ratio: 1.4,
    met: true,
  });
});

it('the goals for pages of history take the worst page, and judge only what is complete', () => {
  const simple = { history: [room(1, 1), room(1, 1)] };
  const ratios = judged([{ parley: { history: [room(1, 1.3), room(1.6, 1.2)] }, simple }]);
  expect(ratios.map(({ ratio, met }) => [ratio, met])).toEqual([
    [1.6, false],
    [1.6, false],
  ]);
  expect(judged([{ parley: { history: [room(1, 1)] }, simple }])).toEqual([]);
});
