import type { ReactionCount } from '@parley/contracts';
import { canonicalReaction } from '@parley/contracts/text';

/** Different reactions allowed on one message. */
export const maxDistinctReactions = 50;
/** Users listed for each reaction. */
const maxNamedReactors = 20;

/** A user's reaction to a message. */
export interface ActiveReaction {
  userId: string;
  reaction: string;
}

/** Counts a user once per emoji, also where earlier releases stored several forms of it. */
export function countReactions(active: readonly ActiveReaction[]): ReactionCount[] {
  const counts = new Map<string, ReactionCount>();
  const counted = new Set<string>();
  for (const { userId, reaction: stored } of active) {
    const reaction = canonicalReaction(stored);
    if (counted.has(userId + reaction)) continue;
    counted.add(userId + reaction);
    const entry = counts.get(reaction) ?? { reaction, count: 0, userIds: [] };
    entry.count++;
    if (entry.userIds.length < maxNamedReactors) entry.userIds.push(userId);
    counts.set(reaction, entry);
  }
  return [...counts.values()];
}
