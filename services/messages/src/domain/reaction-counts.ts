import type { ReactionCount } from '@parley/contracts';

/** Different reactions allowed on one message. */
export const maxDistinctReactions = 50;
/** Users listed for each reaction. */
const maxNamedReactors = 20;

/** A user's reaction to a message. */
export interface ActiveReaction {
  userId: string;
  reaction: string;
}

export function countReactions(active: readonly ActiveReaction[]): ReactionCount[] {
  const counts = new Map<string, ReactionCount>();
  for (const { userId, reaction } of active) {
    const entry = counts.get(reaction) ?? { reaction, count: 0, userIds: [] };
    entry.count++;
    if (entry.userIds.length < maxNamedReactors) entry.userIds.push(userId);
    counts.set(reaction, entry);
  }
  return [...counts.values()];
}
