import type { Migration } from '@parley/database';

/**
 * Invites end with their creator's right to create them. Ends those that outlived it in earlier
 * releases.
 */
export const invitesMigration: Migration = {
  name: '0006-invites',
  up: async (trx) => {
    await trx.raw(`
      create index organization_invites_by_creator on organization_invites (created_by);
      delete from organization_invites i
       where not exists (select from users u
                          where u.id = i.created_by and u.organization_id = i.organization_id
                            and u.organization_role = 'admin');
    `);
  },
};
