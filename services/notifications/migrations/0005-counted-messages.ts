import type { Migration } from '@parley/database';

/**
 * The messages that unread rows count, from which rows are derived again after deletions. Existing
 * rows know only their latest message.
 */
export const countedMessagesMigration: Migration = {
  name: '0005-counted-messages',
  up: async (trx) => {
    await trx.raw(`
      create table counted_messages (
        room_id uuid not null,
        seq bigint not null,
        id uuid not null,
        -- the seq of the message's last change
        changed_seq bigint not null,
        sender_id uuid not null,
        sender_name text not null,
        -- null: encrypted
        preview text,
        -- the users whose rows count it
        recipients uuid[] not null,
        primary key (room_id, seq)
      );
      -- messages: the first one that the row may count, and the last change of the latest one
      alter table notifications add column first_seq bigint, add column changed_seq bigint;
      update notifications set first_seq = last_seq, changed_seq = last_seq where type = 'message';
      update notifications
         set deleted_at = now(), is_read = true, title = '', content = '', metadata = '{}'
       where type = 'message' and deleted_at is null and metadata->>'messagePreview' is null
         and content ~ '(^|: )Deleted message$';
      insert into counted_messages
             (room_id, seq, id, changed_seq, sender_id, sender_name, preview, recipients)
      select room_id, last_seq, subject_id, last_seq, (min(metadata->>'senderId'))::uuid,
             min(metadata->>'senderName'), min(metadata->>'messagePreview'), array_agg(user_id)
        from notifications
       where type = 'message' and not is_read and deleted_at is null and metadata->>'senderId' is not null
       group by room_id, last_seq, subject_id
      on conflict do nothing;
    `);
  },
};
