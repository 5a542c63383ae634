import type { Profile } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { type Position, pageOf } from '../domain/cursor.ts';
import { findProfiles } from '../stores/profiles.ts';

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

export interface PeoplePage {
  users: Profile[];
  nextCursor: string | null;
}

/** @param found positions, asked for with one too many */
export async function peoplePage(db: Queryable, found: readonly Position[], limit: number): Promise<PeoplePage> {
  const { rows, nextCursor } = pageOf(found, limit, (position) => position);
  const profiles = new Map(
    (
      await findProfiles(
        db,
        rows.map(({ id }) => id),
      )
    ).map((profile) => [profile.id, profile]),
  );
  return { users: rows.flatMap(({ id }) => profiles.get(id) ?? []), nextCursor };
}
