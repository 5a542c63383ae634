import type { ReactionCount } from '@parley/contracts';

/** Most different reactions on one message. */
export const maxDistinctReactions = 50;
/** How many of those who reacted are named. */
export const maxNamedReactors = 20;

/** One reaction that somebody has on a message, in order of reacting. */
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
