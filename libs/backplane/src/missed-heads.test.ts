import type { Change, Message } from '@parley/contracts';
import { expect, test } from 'vitest';
import { MissedHeads } from './missed-heads.ts';

const change = (roomId: string, seq: number): Change => ({
  kind: 'message.created',
  roomId,
  seq,
  message: { id: `${seq}` } as Message,
});

test('a room is kept from its first to its last missed change, and forgotten when taken', () => {
  const missed = new MissedHeads();
  missed.note('room:a', { changes: [change('a', 4), change('a', 5)] });
  missed.note('room:b', { changes: [change('b', 1)] });
  missed.note('room:a', { changes: [change('a', 6)] });
  expect(missed.take()).toEqual([
    { key: 'room:a', head: { roomId: 'a', from: 4, seq: 6 } },
    { key: 'room:b', head: { roomId: 'b', from: 1, seq: 1 } },
  ]);
  expect(missed.take()).toEqual([]);
});

test('a head that could not be published either keeps its first missed change', () => {
  const missed = new MissedHeads();
  missed.note('room:a', { changes: [change('a', 4)] });
  for (const { key, head } of missed.take()) missed.note(key, { head });
  missed.note('room:a', { changes: [change('a', 7)] });
  expect(missed.take()).toEqual([{ key: 'room:a', head: { roomId: 'a', from: 4, seq: 7 } }]);
});
