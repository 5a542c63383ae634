import type { Caller, Message } from '@parley/contracts';
import { toMessage } from '../domain/timeline-row.ts';
import { findPins } from '../stores/pins.ts';
import type { Context } from './context.ts';
import { requireReader } from './room-access.ts';

export async function listPins(context: Context, caller: Caller, roomId: string): Promise<Message[]> {
  await requireReader(context, caller, roomId);
  return (await findPins(context.db, roomId)).map(toMessage);
}
