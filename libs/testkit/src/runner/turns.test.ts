import { expect, test } from 'vitest';
import { startTurns, takeTurn } from './turns.ts';

test('at most so many have a turn at once; the others follow in order', async () => {
  const turns = await startTurns(2);
  const given: number[] = [];
  const ends: (() => void)[] = [];
  const take = async (number: number) => {
    ends[number] = await takeTurn(turns.port);
    given.push(number);
  };
  try {
    await take(0);
    await take(1);
    const [third, fourth] = [take(2), take(3)];
    ends[1]?.();
    await third;
    expect(given).toEqual([0, 1, 2]);
    ends[0]?.();
    await fourth;
    for (const end of ends) end();
    await take(4);
    expect(given).toEqual([0, 1, 2, 3, 4]);
  } finally {
    for (const end of ends) end();
    turns.stop();
  }
});
