import type { Queryable } from '@parley/database';
import { expect, test } from 'vitest';
import { LargeRooms } from './large-rooms.ts';

test('the rooms of many batches are counted once, those of a batch in one statement', async () => {
  const counted: string[][] = [];
  const options = ({ values: [ids] }: { values: [string[]] }) => {
    counted.push(ids);
    return Promise.resolve({ rows: ids.filter((id) => id.startsWith('large')).map((id) => ({ id })) });
  };
  const db = { raw: () => ({ options }) } as unknown as Queryable;
  const rooms = new LargeRooms(100);
  for (let batch = 0; batch < 5; batch++)
    expect(await rooms.among(db, ['large', 'small'])).toEqual(new Set(['large']));
  expect(await rooms.among(db, ['small', 'large too'])).toEqual(new Set(['large too']));
  expect(counted).toEqual([['large', 'small'], ['large too']]);
});
