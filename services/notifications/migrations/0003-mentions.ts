import { mentionKey } from '@parley/contracts/text';
import type { Migration } from '@parley/database';

/** The users mentioned in each message, and member names in the form in which mentions are compared. */
export const mentionsMigration: Migration = {
  name: '0003-mentions',
  up: async (trx) => {
    await trx.raw(`
      create table mentions (
        message_id uuid not null,
        user_id uuid not null,
        primary key (message_id, user_id)
      );
      create index mentions_by_user on mentions (user_id);
    `);
    // The form of other names is their lower case, as before.
    const names: { name: string }[] = await trx('members')
      .whereRaw("octet_length(mention_name) > char_length(mention_name) or mention_name ~ '\\s\\s'")
      .distinct('mention_name as name');
    const keys = names
      .map(({ name }) => ({ name, key: mentionKey(name) }))
      .filter(({ name, key }) => name !== key);
    await trx.raw(
      `update members m set mention_name = k.key
         from jsonb_to_recordset(?::jsonb) as k (name text, key text) where m.mention_name = k.name`,
      [JSON.stringify(keys)],
    );
  },
};
