import type { Migration } from '@parley/database';

/**
 * Which version of `termsOf` a profile's search terms come from. From version 2 on, accents do not
 * count, so only names beyond ASCII have other terms: see `fillTerms`.
 */
export const accentsMigration: Migration = {
  name: '0004-accents',
  up: async (trx) => {
    await trx.raw(`
      alter table profiles add column terms_version smallint not null default 1;
      create index profiles_with_old_terms on profiles (id)
        where terms_version < 2 and octet_length(username || name) > char_length(username || name);
    `);
  },
};
