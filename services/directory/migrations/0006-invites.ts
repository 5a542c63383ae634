import type { Migration } from '@parley/database';

/**
 * Invites end with their creator's right to create them. Ends those that outlived it in earlier
 * releases.
 */
export const invitesMigration: Migration = {
  name: '0006-invites',
  up: async (trx) => {
    await trx.raw(`
      create index invites_by_creator on invites (created_by);
      delete from invites i using rooms r
       where r.id = i.room_id and i.created_by is distinct from r.owner_id;
    `);
  },
};
