/** A row of an inbox that has changed; its current state is read when it is published. */
export interface Hint {
  userId: string;
  /** The row. */
  id: string;
  /** `created` also for an unread row with another message. */
  kind: 'created' | 'updated' | 'removed';
}

/** One hint per row: an update of a row that is created as well is part of its creation. */
export function mergeHints(hints: readonly Hint[]): Hint[] {
  const last = new Map<string, Hint>();
  for (const hint of hints) {
    const isPart = hint.kind === 'updated' && last.get(hint.id)?.kind === 'created';
    if (!isPart) last.set(hint.id, hint);
  }
  return [...last.values()];
}
