import { eventLogMigration, type Migration, outboxMigration, pageEndsMigration } from '@parley/database';
import { directoryMigration } from './0001-directory.ts';
import { bansMigration } from './0002-bans.ts';
import { erasureMigration } from './0003-erasure.ts';
import { accentsMigration } from './0004-accents.ts';
import { deletedRoomsMigration } from './0005-deleted-rooms.ts';
import { invitesMigration } from './0006-invites.ts';
import { budgetsMigration } from './0007-budgets.ts';
import { earlierUnreadMigration } from './0008-earlier-unread.ts';
import { botsMigration } from './0009-bots.ts';
import { roomMentionsMigration } from './0010-room-mentions.ts';

export const migrations: readonly Migration[] = [
  outboxMigration,
  directoryMigration,
  bansMigration,
  erasureMigration,
  accentsMigration,
  deletedRoomsMigration,
  invitesMigration,
  budgetsMigration,
  earlierUnreadMigration,
  pageEndsMigration,
  eventLogMigration,
  botsMigration,
  roomMentionsMigration,
];
