import { describe, expect, test } from 'vitest';
import { Semaphore } from './semaphore.ts';

/** Tasks that run until the test ends them. */
function controlled(semaphore: Semaphore) {
  const running: (() => void)[] = [];
  const start = () => semaphore.run(() => new Promise<void>((resolve) => running.push(resolve)));
  return { running, start };
}

describe('a semaphore', () => {
  test('runs up to its width at once, the rest in order, and refuses tasks when full', async () => {
    const { running, start } = controlled(new Semaphore({ width: 2, queue: 2 }));
    const tasks = [start(), start(), start(), start()];
    await expect(start()).rejects.toMatchObject({ code: 'unavailable' });
    expect(running).toHaveLength(2);
    running[0]?.();
    await tasks[0];
    expect(running).toHaveLength(3);
    running[1]?.();
    running[2]?.();
    await Promise.all(tasks.slice(0, 3));
    expect(running).toHaveLength(4);
    running[3]?.();
    await tasks[3];
  });

  test('a failed task releases its slot', async () => {
    const semaphore = new Semaphore({ width: 1, queue: 1 });
    const failing = semaphore.run(async () => {
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await semaphore.run(async () => 'next')).toBe('next');
  });
});
