import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@parley/testkit';
import { expect, it } from 'vitest';

const lock = new URL('../scripts/lib/lock.mjs', import.meta.url);
const script = (folder: string, work: string) => `
  import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
  import { withLock } from '${lock}';
  process.chdir('${folder}');
  withLock('lock', () => { ${work} });
`;
const runInNode = (code: string) => ['--input-type=module', '--eval', code];

it('concurrent processes install in turn, and a killed one blocks no other', async () => {
  const folder = temporaryFolder();
  const killed = spawnSync(
    process.execPath,
    runInNode(script(folder, "process.kill(process.pid, 'SIGKILL');")),
  );
  expect([killed.signal, existsSync(join(folder, 'lock'))]).toEqual(['SIGKILL', true]);

  writeFileSync(join(folder, 'log'), '');
  const work = `
    appendFileSync('log', 'begin ');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    appendFileSync('log', 'end ');
  `;
  const endings = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, runInNode(script(folder, work)), { stdio: 'ignore' });
    return new Promise((resolve) => child.once('close', resolve));
  });
  expect(await Promise.all(endings)).toEqual([0, 0, 0, 0]);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('begin end '.repeat(4));
  expect(readdirSync(folder)).toEqual(['log']);
});
