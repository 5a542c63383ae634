import { readdirSync, readFileSync } from 'node:fs';
import { eventually, startProcess, temporaryFolder } from '@parley/testkit';
import { expect, test } from 'vitest';
import { hasSetpriv } from './launch.ts';
import { commandLine } from './process-table.ts';

const entry = new URL('./fixtures/broker-owner.ts', import.meta.url);

/** Command lines of the processes with that home, which all processes of a broker share. */
const processesOf = (folder: string): string[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const found = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HOME=${folder}`);
      return found ? [commandLine(Number(pid))] : [];
    } catch {
      return [];
    }
  });

if (hasSetpriv())
  test('nothing is left of a broker whose owner was killed while it started', async () => {
    const dir = temporaryFolder();
    const owner = await startProcess({ entry, args: [dir] });
    await eventually(() => expect(processesOf(dir).join('\n')).toContain('beam.smp'));
    owner.kill('SIGKILL');
    await owner.exited;
    await eventually(() => expect(processesOf(dir)).toEqual([]));
    await owner.ended();
  });
