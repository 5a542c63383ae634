import { encodeCursor, type PagePosition } from '@parley/contracts';
import type { Queryable } from '@parley/database';

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

export interface PeoplePage<User> {
  users: User[];
  nextCursor: string | null;
}

/**
 * Finds the users of a page. May return only the first of them, if all would be too large for a
 * response.
 */
export type FindUsers<User> = (db: Queryable, ids: readonly string[]) => Promise<User[]>;

/** @param found positions, queried with one extra */
export async function peoplePage<User extends { id: string }>(
  db: Queryable,
  found: readonly PagePosition[],
  limit: number,
  find: FindUsers<User>,
): Promise<PeoplePage<User>> {
  const ids = found.slice(0, limit).map(({ id }) => id);
  const users = inOrder(ids, await find(db, ids));
  const last = found.findIndex(({ id }) => id === users.at(-1)?.id);
  const end = found[last];
  return { users, nextCursor: end && last + 1 < found.length ? encodeCursor(end) : null };
}

/** The users in the order of `ids`; ids without a user are skipped. */
export function inOrder<User extends { id: string }>(ids: readonly string[], users: readonly User[]): User[] {
  const byId = new Map(users.map((user) => [user.id, user]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
