import type { Change } from '@parley/contracts';

type Numbered = Extract<Change, { seq: number }>;
const isNumbered = (change: Change): change is Numbered => 'seq' in change;

/**
 * The numbered changes in the order of their numbers, so that those of each room are in order: a
 * batch writes new messages before edits that arrived earlier. The others keep their places.
 */
export function inOrder(changes: readonly Change[]): Change[] {
  const numbered = changes.filter(isNumbered).sort((one, other) => one.seq - other.seq);
  return changes.map((change) => (isNumbered(change) ? (numbered.shift() ?? change) : change));
}
