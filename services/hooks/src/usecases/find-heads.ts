import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { chunks } from '@parley/runtime/async';
import type { Context } from './context.ts';

const roomsPerCall = 500;

/**
 * The latest `seq` of rooms; 0 for a room without changes.
 * @param before only changes from before that time count, where later ones follow
 */
export async function findHeads(
  { bus }: Context,
  roomIds: readonly string[],
  before?: Date,
): Promise<Map<string, number>> {
  const heads = new Map(roomIds.map((roomId) => [roomId, 0]));
  for (const some of chunks(roomIds, roomsPerCall)) {
    const asked = { roomIds: some, ...(before && { before: before.toISOString() }) };
    for (const { roomId, seq } of (await ask(bus, calls.getHeads, asked)).heads) heads.set(roomId, seq);
  }
  return heads;
}
