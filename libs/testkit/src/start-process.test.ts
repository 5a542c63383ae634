import { isRunning, processTree } from '@parley/servers';
import { describe, expect, it } from 'vitest';
import { startProcess } from './start-process.ts';

const entry = new URL('./fixtures/parent.ts', import.meta.url);

describe('startProcess', () => {
  it('runs TypeScript with its imports, captures its output, and reports how it ended', async () => {
    const process = await startProcess({ entry, env: { MANNER: 'tidy' } });
    const [line] = await process.waitForLine(/^child \d+ [0-9a-f-]{36}$/);
    expect(process.output()).toBe(line);
    await expect(process.stop()).resolves.toMatchObject({ code: 0, signal: null });
  });

  it('kills and reports children that the process left behind', async () => {
    const process = await startProcess({ entry });
    const [, childPid = ''] = await process.waitForLine(/^child (\d+)/);
    const [child] = processTree(Number(childPid));
    await expect(process.stop(200)).rejects.toThrow(`children were left: ${childPid}`);
    expect(child && isRunning(child)).toBe(false);
    expect((await process.exited).code).toBe(3);
  });

  it('leaves nothing when it gives up, even of what the process started meanwhile', async () => {
    const process = await startProcess({ entry, env: { MANNER: 'stubborn' } });
    await process.waitForLine(/^child/);
    process.kill('SIGTERM');
    const [, latePid = ''] = await process.waitForLine(/^late (\d+)/);
    const tree = processTree(process.pid);
    expect(tree.map(({ pid }) => pid)).toContain(Number(latePid));
    await expect(process.stop(500)).rejects.toThrow(`process ${process.pid} has not ended`);
    const last = /late (\d+)$/.exec(process.output())?.[1];
    expect(last).not.toBe(latePid);
    expect([...tree, ...processTree(Number(last))].filter(isRunning)).toEqual([]);
  });

  it('shows the output when a line does not appear', async () => {
    const process = await startProcess({ entry, env: { MANNER: 'tidy' } });
    await process.waitForLine(/^child/);
    await expect(process.waitForLine(/never/, 100)).rejects.toThrow(/has not printed \/never\/:\nchild \d+/);
    await process.stop();
  });
});
