import type { Migration } from '@parley/database';

/** Delivery positions. A row may have only a delivery position, so `read_at` may be null. */
export const deliveryMigration: Migration = {
  name: '0002-delivery',
  up: async (trx) => {
    await trx.raw(`
      alter table read_positions alter column read_at drop not null, alter column seq set default 0;
      alter table read_positions add column delivered_seq bigint not null default 0;
      update read_positions set delivered_seq = seq;
      alter table read_positions add constraint read_is_delivered check (delivered_seq >= seq);
    `);
  },
};
