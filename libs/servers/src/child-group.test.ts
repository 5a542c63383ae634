import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { killAllGroups, startGroup } from './child-group.ts';
import { descendantPids, isRunning } from './process-table.ts';

test('programs that a test file leaves are killed with their children before the next file', async () => {
  const group = await startGroup({ program: 'sh', args: ['-c', 'sleep 3600 & sleep 3600'] });
  const tree = await eventually(() => {
    const found = group.processes();
    expect(found).toHaveLength(3);
    return found;
  });
  expect(descendantPids(group.pid).sort()).toEqual(tree.map(({ pid }) => pid).sort());
  killAllGroups();
  await eventually(() => expect(tree.filter(isRunning)).toEqual([]));
  expect(descendantPids(group.pid)).toEqual([]);
});
