import type { Database, Queryable } from '@parley/database';
import { termsOf, termsVersion } from '../domain/search-terms.ts';

/** The columns of a profile that its search terms come from. */
interface Named {
  id: string;
  username: string;
  name: string;
  organization_id: string | null;
}

export async function insertTerms(trx: Queryable, profile: Named): Promise<void> {
  await trx('search_terms').insert(
    termsOf(profile.username, profile.name).map(({ term, isUsername }) => ({
      user_id: profile.id,
      term,
      is_username: isUsername,
      organization_id: profile.organization_id,
    })),
  );
}

export async function replaceTerms(trx: Queryable, profile: Named): Promise<void> {
  await trx('search_terms').where({ user_id: profile.id }).delete();
  await insertTerms(trx, profile);
  await trx('profiles').where({ id: profile.id }).update({ terms_version: termsVersion });
}

const batchSize = 100;

/**
 * Replaces the terms that an earlier release has stored, or one that ran beside this one during an
 * upgrade.
 */
export async function fillTerms(db: Database): Promise<void> {
  for (let more = true; more; )
    more = await db.transaction(async (trx) => {
      const profiles: Named[] = await trx('profiles')
        .where('terms_version', '<', termsVersion)
        .whereRaw('octet_length(username || name) > char_length(username || name)')
        .orderBy('id')
        .limit(batchSize)
        .forNoKeyUpdate()
        .skipLocked()
        .select('id', 'username', 'name', 'organization_id');
      for (const profile of profiles) await replaceTerms(trx, profile);
      return profiles.length === batchSize;
    });
}
