import { AppError } from '@parley/errors';
import { nameRate } from '@parley/runtime';
import type { Context } from './context.ts';

type Limits = Pick<Context, 'roomMentionRate' | 'roomMentioned' | 'clock'>;

/** Counts a mention of all members of a room, or returns the refusal. */
export function takeRoomMention(
  { roomMentionRate: rate, roomMentioned, clock }: Limits,
  roomId: string,
): AppError | undefined {
  if (rate === 'off') return undefined;
  const retryAfterMs = roomMentioned.take(roomId, rate, clock());
  if (retryAfterMs === 0) return undefined;
  return new AppError('rate_limit', { ...nameRate('ROOM_MENTION_RATE', rate, ['room']), retryAfterMs });
}

/** The mention was not stored. */
export function giveRoomMentionBack({ roomMentionRate, roomMentioned }: Limits, roomId: string): void {
  if (roomMentionRate !== 'off') roomMentioned.giveBack(roomId);
}
