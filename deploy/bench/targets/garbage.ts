import { sendSignal } from '@parley/servers';

const onSignal = `
import v8 from 'node:v8';
import vm from 'node:vm';
v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
process.on('SIGUSR2', () => gc());`;

/**
 * Environment that makes a Node program and its children collect garbage on a signal, to reveal
 * what connections need.
 */
export const collectsGarbageOnSignal = {
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(onSignal)}`,
};

/** Only for programs started with the above; the signal would end any other. */
export function collectGarbage(pids: readonly number[]): void {
  for (const pid of pids) sendSignal(pid, 'SIGUSR2');
}
