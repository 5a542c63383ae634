import { type Migration, outboxMigration, pageEndsMigration } from '@parley/database';
import { timelineMigration } from './0001-timeline.ts';
import { deliveryMigration } from './0002-delivery.ts';
import { recipientsMigration } from './0003-recipients.ts';
import { readChangesMigration } from './0004-read-changes.ts';
import { erasureMigration } from './0005-erasure.ts';
import { retentionMigration } from './0006-retention.ts';
import { withdrawnReactionsMigration } from './0007-withdrawn-reactions.ts';
import { unreadStartMigration } from './0008-unread-start.ts';
import { unconfirmedChangesMigration } from './0009-unconfirmed-changes.ts';
import { compactTimelineMigration } from './0010-compact-timeline.ts';
import { forgettingMigration } from './0011-forgetting.ts';
import { searchMigration } from './0012-search.ts';
import { threadsMigration } from './0013-threads.ts';
import { botsMigration } from './0014-bots.ts';
import { accountMigration } from './0015-account.ts';
import { mentionsMigration } from './0016-mentions.ts';
import { pinsMigration } from './0017-pins.ts';
import { threadMentionsMigration } from './0018-thread-mentions.ts';
import { databasesMigration } from './0019-databases.ts';
import { movingSharesMigration } from './0020-moving-shares.ts';

export const migrations: readonly Migration[] = [
  timelineMigration,
  deliveryMigration,
  recipientsMigration,
  readChangesMigration,
  erasureMigration,
  retentionMigration,
  withdrawnReactionsMigration,
  unreadStartMigration,
  pageEndsMigration,
  unconfirmedChangesMigration,
  compactTimelineMigration,
  forgettingMigration,
  searchMigration,
  threadsMigration,
  botsMigration,
  outboxMigration,
  accountMigration,
  mentionsMigration,
  pinsMigration,
  threadMentionsMigration,
  databasesMigration,
  movingSharesMigration,
];
