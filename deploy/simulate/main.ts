import { parseArgs } from 'node:util';
import { StartError } from '@parley/runtime';
import { simulationReport } from './report.ts';
import { runSimulation, simulationOf } from './run-simulation.ts';

const usage = 'npm run simulate [-- --users 1000000 --share 0.01]';

function parse(): { users: number; share: number } {
  const options = {
    users: { type: 'string', default: '1000000' },
    share: { type: 'string', default: '0.01' },
  } as const;
  const { values } = parseArgs({ args: process.argv.slice(2), options });
  const [users, share] = [Number(values.users), Number(values.share)];
  if (!(users * share >= 1 && share <= 1)) throw new StartError(`A share of the users. Usage: ${usage}`);
  return { users, share };
}

const { users, share } = parse();
console.log(simulationReport(await runSimulation(simulationOf(Math.round(users * share))), users));
