import { expect, test } from 'vitest';
import { answerWithin } from './answer-within.ts';

const never = new Promise<never>(() => undefined);

test('an answer that takes too long fails with `timeout`', async () => {
  await expect(answerWithin(1, never)).rejects.toMatchObject({ code: 'timeout' });
  expect(await answerWithin(3_600_000, Promise.resolve('in time'))).toBe('in time');
});
