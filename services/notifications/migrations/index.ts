import { type Migration, outboxMigration } from '@parley/database';
import { inboxMigration } from './0001-inbox.ts';
import { erasureMigration } from './0002-erasure.ts';
import { mentionsMigration } from './0003-mentions.ts';
import { membershipsMigration } from './0004-memberships.ts';
import { countedMessagesMigration } from './0005-counted-messages.ts';
import { shownMessagesMigration } from './0006-shown-messages.ts';
import { mentionNamesMigration } from './0007-mention-names.ts';
import { joinTimesMigration } from './0008-join-times.ts';
import { mentionCountsMigration } from './0009-mention-counts.ts';
import { forgettingMigration } from './0010-forgetting.ts';
import { hintsMigration } from './0011-hints.ts';
import { removedMentionsMigration } from './0012-removed-mentions.ts';
import { settingsMigration } from './0013-settings.ts';
import { botsMigration } from './0014-bots.ts';

export const migrations: readonly Migration[] = [
  outboxMigration,
  inboxMigration,
  erasureMigration,
  mentionsMigration,
  membershipsMigration,
  countedMessagesMigration,
  shownMessagesMigration,
  mentionNamesMigration,
  joinTimesMigration,
  mentionCountsMigration,
  forgettingMigration,
  hintsMigration,
  removedMentionsMigration,
  settingsMigration,
  botsMigration,
];
