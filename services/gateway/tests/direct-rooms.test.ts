import { answer, MemoryBus } from '@parley/bus';
import { calls, type RoomState } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DirectRooms } from '../src/membership/direct-rooms.ts';

const room: RoomState = { id: newId(), kind: 'direct', name: null, isPrivate: true, organizationId: null };
const [ada, bob] = [newId(), newId()];
let bus: MemoryBus;
let rooms: DirectRooms;
/** Releases the directory's answers, one per question. */
let answers: (() => void)[];
beforeEach(async () => {
  bus = new MemoryBus({ logger: createLogger({ service: 'test', level: 'silent' }) });
  rooms = new DirectRooms(bus);
  answers = [];
  await answer(bus, calls.openDirectRoom, async () => {
    await new Promise<void>((resolve) => answers.push(resolve));
    return { room };
  });
});
afterEach(() => bus.close());

test('callers receive a direct room in the order of their calls, with one question', async () => {
  const order: number[] = [];
  const open = async (number: number) => {
    expect(await rooms.open(ada, bob)).toBe(room.id);
    order.push(number);
  };
  const all = Array.from({ length: 10 }, (_, number) => open(number));
  await eventually(() => expect(answers.length).toBeGreaterThan(0));
  // The last question is answered first.
  for (const give of answers.reverse()) give();
  await Promise.all(all);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(await rooms.open(bob, ada)).toBe(room.id);
  expect(answers).toHaveLength(1);
});
