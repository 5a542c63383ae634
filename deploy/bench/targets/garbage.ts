import { sendSignal } from '@parley/servers';

const onSignal = `
import v8 from 'node:v8';
import vm from 'node:vm';
v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
process.on('SIGUSR2', () => gc());`;

/** Makes a Node program, and those that it starts, collect its garbage when told to: what is left is what its connections need. */
export const collectsGarbageWhenTold = {
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(onSignal)}`,
};

/** To programs started with the above; any other would end. */
export function collectGarbage(pids: readonly number[]): void {
  for (const pid of pids) sendSignal(pid, 'SIGUSR2');
}
