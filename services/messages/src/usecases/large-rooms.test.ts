import type { Queryable } from '@parley/database';
import { expect, test } from 'vitest';
import { LargeRooms } from './large-rooms.ts';

test('the rooms of many batches are counted once, those of a batch in one statement', async () => {
  const counted: string[][] = [];
  type Done = (error: null, result: { rows: { id: string }[] }) => void;
  const query = ({ values: [ids] }: { values: [string[]] }, done: Done) => {
    counted.push(ids);
    done(null, { rows: ids.filter((id) => id.startsWith('large')).map((id) => ({ id })) });
  };
  const client = { acquireConnection: async () => ({ query }), releaseConnection: async () => undefined };
  const db = { client } as unknown as Queryable;
  const rooms = new LargeRooms(100);
  for (let batch = 0; batch < 5; batch++)
    expect(await rooms.among(db, ['large', 'small'])).toEqual(new Set(['large']));
  expect(await rooms.among(db, ['small', 'large too'])).toEqual(new Set(['large too']));
  expect(counted).toEqual([['large', 'small'], ['large too']]);
});
