import { describe, expect, test } from 'vitest';
import { FairQueue, type Origin } from './fair-queue.ts';

/** Tasks that run until the test ends them; `started` has their names in order. */
function controlled(options: { width?: number; queue?: number; maxWaitMs?: number } = {}) {
  const queue = new FairQueue({ width: 1, queue: 100, maxWaitMs: 60_000, ...options });
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const refused: string[] = [];
  const start = (name: string, origin: Partial<Origin> = {}) =>
    queue
      .run({ lane: 'login', client: 'here', user: name, ...origin }, () => {
        started.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      })
      .catch((error: { code: string }) => refused.push(`${name} ${error.code}`));
  /** Resolves when all tasks that can start have started. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const end = async (...names: string[]) => {
    await settle();
    for (const name of names) {
      ends.get(name)?.();
      await settle();
    }
  };
  return { queue, started, refused, start, end };
}

describe('a fair queue', () => {
  test('runs up to its width at once, the rest of a client in order', async () => {
    const { started, start, end } = controlled({ width: 2 });
    for (const name of ['a', 'b', 'c', 'd']) void start(name);
    await end();
    expect(started).toEqual(['a', 'b']);
    await end('b', 'a');
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  test('runs one task at a time per user, in all lanes; others pass', async () => {
    const { started, start, end } = controlled({ width: 2 });
    void start('a1', { user: 'a' });
    void start('a2', { user: 'a', client: 'elsewhere' });
    void start('a3', { user: 'a', lane: 'change' });
    void start('b');
    await end();
    expect(started).toEqual(['a1', 'b']);
    await end('b');
    expect(started).toEqual(['a1', 'b']);
    await end('a1');
    expect(started).toHaveLength(3);
  });

  test('lanes take turns, and clients within a lane: nobody waits for a flood', async () => {
    const { started, start, end } = controlled();
    for (let index = 0; index < 50; index++) void start(`flood ${index}`, { lane: 'change' });
    for (let index = 0; index < 50; index++) void start(`guess ${index}`);
    void start('bystander', { client: 'elsewhere' });
    await end('flood 0', 'flood 1', 'guess 0', 'flood 2');
    expect(started).toEqual(['flood 0', 'flood 1', 'guess 0', 'flood 2', 'bystander']);
  });

  test('when it is full, the client with the most waiting tasks loses its last', async () => {
    const { started, refused, start, end } = controlled({ queue: 3 });
    for (const name of ['a', 'b', 'c', 'd']) void start(name);
    void start('e');
    await end();
    void start('bystander', { client: 'elsewhere' });
    await end('a');
    expect(refused).toEqual(['e unavailable', 'd unavailable']);
    await end('b', 'bystander');
    expect(started).toEqual(['a', 'b', 'bystander', 'c']);
  });

  test('when it is full, a user does not displace others at the same address', async () => {
    const { started, refused, start, end } = controlled({ queue: 3 });
    for (const name of ['a1', 'a2', 'a3', 'a4']) void start(name, { user: 'a' });
    void start('bystander');
    await end('a1');
    expect(refused).toEqual(['a4 unavailable']);
    await end('a2', 'a3');
    expect(started).toEqual(['a1', 'a2', 'a3', 'bystander']);
  });

  test('does not start a task whose client has given up', async () => {
    const { started, refused, start, end } = controlled({ maxWaitMs: -1 });
    await start('late');
    await end();
    expect([started, refused]).toEqual([[], ['late unavailable']]);
  });

  test('a failed task releases its place and its user', async () => {
    const { queue, started, start, end } = controlled();
    const failing = queue.run({ lane: 'login', client: 'here', user: 'a' }, async () => {
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    void start('a');
    await end();
    expect(started).toEqual(['a']);
  });
});
