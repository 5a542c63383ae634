import { type Migration, pageEndsMigration } from '@parley/database';
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
];
