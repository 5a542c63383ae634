import type { Caller, ReadPosition } from '@parley/contracts';
import { readPositions } from '../stores/positions.ts';
import type { Context } from './context.ts';
import { requireReader } from './room-access.ts';

const maxMembers = 1_000;

export async function getReadPositions(
  context: Context,
  caller: Caller,
  roomId: string,
): Promise<ReadPosition[]> {
  await requireReader(context, caller, roomId);
  return readPositions(context.db, roomId, caller.userId, maxMembers);
}
