import { expect, test } from 'vitest';
import { simulationReport } from './report.ts';
import { runSimulation } from './run-simulation.ts';

test('a gateway’s counts are those of the formula, and the report shows them side by side', async () => {
  const result = await runSimulation({
    ...{ connections: 60, roomsOfEach: 12, roomSize: 4, messages: 100, renewMs: 200, renewals: 2 },
  });
  const compared = result.rows.filter(({ formula }) => formula !== undefined);
  expect(compared.map(({ part, figure, value }) => ({ part, figure, value }))).toEqual(
    compared.map(({ part, figure, formula }) => ({ part, figure, value: formula })),
  );
  expect(compared.map(({ figure, value }) => `${figure}: ${value}`)).toEqual([
    'questions about memberships: 60',
    'questions to messages: 60',
    'channels of Redis: 846',
    'questions to messages: 2',
    'deliveries: 100',
    'questions to other services: 0',
  ]);
  const report = simulationReport(result, 1_000_000);
  expect(report).toContain('| resuming | channels of Redis | 846 | 846 |');
  expect(report).toContain('| channels of each gateway | 210,066 |');
});
