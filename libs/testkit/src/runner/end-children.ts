import { isRunning, killTrees, processTree, sendSignal } from '@parley/servers';

/**
 * Whenever this process exits, ends its children: SIGTERM, then SIGKILL for what is left. A worker
 * of Vitest that is busy notices neither the end of the main process nor a signal, and would stay.
 */
export function endChildrenOnExit(graceMs = 5_000): void {
  // An exit hook cannot await.
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  process.on('exit', () => {
    const children = processTree(process.pid).filter(({ parent }) => parent === process.pid);
    for (const { pid } of children) sendSignal(pid, 'SIGTERM');
    const deadline = performance.now() + graceMs;
    while (children.some(isRunning) && performance.now() < deadline) Atomics.wait(sleeper, 0, 0, 20);
    killTrees(children.filter(isRunning).map(({ pid }) => pid));
  });
}
