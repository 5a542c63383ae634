import type { SubmissionOf } from '@parley/contracts';

/**
 * The fields of a message that the first release did not have, as its client states them; null:
 * there are none. They are part of the fingerprint, which thus stays the same for messages without
 * them.
 */
export function additionalFields({ mentions }: SubmissionOf<'send'>): string | null {
  if (!mentions) return null;
  return JSON.stringify({ mentions: { users: [...new Set(mentions.userIds)].sort(), room: mentions.room } });
}
