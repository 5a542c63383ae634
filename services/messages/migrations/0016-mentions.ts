import { mentionKey } from '@parley/contracts/text';
import type { Migration } from '@parley/database';
import { lowerName } from '../src/stores/mentioned-members.ts';

/**
 * The mentions of messages, for their readers with the message and for unread counts in rows of
 * their own. Messages of earlier releases have none.
 *
 * Members are found by the form in which mentions are compared. Most names differ from it only in
 * case, so only the others store it, and this migration rewrites few rows.
 */
export const mentionsMigration: Migration = {
  name: '0016-mentions',
  up: async (trx) => {
    await trx.raw(`
      alter table timeline add column mentions jsonb;
      alter table rooms add column room_mentions text;

      create table mentions (
        room_id uuid not null,
        seq bigint not null,
        -- of all members: the nil UUID
        user_id uuid not null,
        -- the change that mentioned the user first
        since_seq bigint not null,
        -- false: an edit has removed it
        active boolean not null default true,
        primary key (room_id, seq, user_id)
      );
      create index mentions_by_user on mentions (room_id, user_id, since_seq) where active;

      alter table members add column mention_name text;
      create index members_by_mention on members (room_id, (coalesce(mention_name, ${lowerName})))
        where active;
    `);
    const names: { name: string }[] = await trx('members')
      .whereRaw("octet_length(username) > char_length(username) or username ~ '(^\\s|\\s\\s|\\s$)'")
      .distinct('username as name');
    await trx.raw(
      `update members m set mention_name = k.key
         from jsonb_to_recordset(?::jsonb) as k (name text, key text) where m.username = k.name`,
      [JSON.stringify(names.map(({ name }) => ({ name, key: mentionKey(name) })))],
    );
  },
};
