import { mentionKey } from '@parley/contracts/text';
import type { Migration } from '@parley/database';

/** Member names in the form in which mentions are compared, which ignores more than before. */
export const mentionNamesMigration: Migration = {
  name: '0007-mention-names',
  up: async (trx) => {
    // The form of ASCII names is the same as before.
    const names: { name: string }[] = await trx('members')
      .whereRaw('octet_length(mention_name) > char_length(mention_name)')
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
