import { expect, test } from 'vitest';
import { type Rollout, simulateRollout } from './simulate-rollout.ts';

const simulate = (way: Partial<Rollout>) =>
  simulateRollout({
    ...{ gateways: 50, connections: 20_000, surge: 1, cap: Number.POSITIVE_INFINITY },
    ...{ balancing: 'least_conn', ...way },
  });

test('with least connections a rolling update reconnects each client once, and no gateway grows', () => {
  for (const surge of [1, 5, 7, 50]) {
    const { reconnects, largestDrain, refused, steps } = simulate({ surge, cap: 20_000 });
    expect([surge, reconnects, largestDrain, refused]).toEqual([surge, 1, 20_000, 0]);
    expect(steps).toBe(Math.ceil(50 / surge));
  }
});

test('a successor takes over one gateway, so its drain needs the time that one gateway needs', () => {
  for (const surge of [1, 5]) expect(simulate({ surge }).largestArrival).toBe(20_000);
});

test('with round-robin the last gateways carry most of the clients, or refuse them', () => {
  const { reconnects, largestDrain } = simulate({ balancing: 'round_robin' });
  expect(reconnects).toBeCloseTo(1.69, 2);
  expect(largestDrain).toBeCloseTo(52_800, -3);
  const capped = simulate({ balancing: 'round_robin', cap: 25_000 });
  expect(capped.largestDrain).toBe(25_000);
  expect(capped.refused).toBeGreaterThan(1_000_000);
});
