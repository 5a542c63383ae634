import type { Queryable } from '@parley/database';
import { type Position, pageOf } from '../domain/cursor.ts';

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

export interface PeoplePage<User> {
  users: User[];
  nextCursor: string | null;
}

/** What is shown of each person. */
export type FindUsers<User> = (db: Queryable, ids: readonly string[]) => Promise<User[]>;

/** @param found positions, asked for with one too many */
export async function peoplePage<User extends { id: string }>(
  db: Queryable,
  found: readonly Position[],
  limit: number,
  find: FindUsers<User>,
): Promise<PeoplePage<User>> {
  const { rows, nextCursor } = pageOf(found, limit, (position) => position);
  const ids = rows.map(({ id }) => id);
  return { users: inOrder(ids, await find(db, ids)), nextCursor };
}

/** The users in the order of the ids; ids without a user are passed over. */
export function inOrder<User extends { id: string }>(ids: readonly string[], users: readonly User[]): User[] {
  const byId = new Map(users.map((user) => [user.id, user]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
