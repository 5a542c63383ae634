import type { Migration } from '@parley/database';

/** Users that are programs. Each belongs to another user or to an organization, and goes with it. */
export const botsMigration: Migration = {
  name: '0009-bots',
  up: async (trx) => {
    await trx.raw(`
      alter table users add column is_bot boolean not null default false;
      create table bots (
        user_id uuid primary key references users on delete cascade,
        owner_user_id uuid,
        owner_organization_id uuid,
        check ((owner_user_id is null) <> (owner_organization_id is null))
      );
      create index bots_by_user on bots (owner_user_id) where owner_user_id is not null;
      create index bots_by_organization on bots (owner_organization_id)
        where owner_organization_id is not null;
    `);
  },
};
