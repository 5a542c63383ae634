import type { Migration } from '@parley/database';

/** The users that may mention all members of a room. */
export const roomMentionsMigration: Migration = {
  name: '0010-room-mentions',
  up: async (trx) => {
    await trx.raw("alter table rooms add column room_mentions text not null default 'auto'");
  },
};
