import type { Migration } from '@parley/database';
import { termsOf } from '../src/domain/search-terms.ts';

const batchSize = 500;
const firstId = '00000000-0000-0000-0000-000000000000';

interface Found {
  id: string;
  username: string;
  name: string;
  organization_id: string | null;
}

/** Search terms without accents. Only names beyond ASCII have others. */
export const accentsMigration: Migration = {
  name: '0004-accents',
  up: async (trx) => {
    for (let after = firstId, more = true; more; ) {
      const found: Found[] = await trx('profiles')
        .whereNull('erased_at')
        .where('id', '>', after)
        .whereRaw('octet_length(username || name) > char_length(username || name)')
        .orderBy('id')
        .limit(batchSize)
        .select('id', 'username', 'name', 'organization_id');
      const terms = found.flatMap((person) =>
        termsOf(person.username, person.name).map(({ term, isUsername }) => ({
          user_id: person.id,
          term,
          is_username: isUsername,
          organization_id: person.organization_id,
        })),
      );
      await trx('search_terms')
        .whereIn(
          'user_id',
          found.map(({ id }) => id),
        )
        .delete();
      if (terms.length > 0) await trx.batchInsert('search_terms', terms, 5_000);
      after = found.at(-1)?.id ?? after;
      more = found.length === batchSize;
    }
  },
};
