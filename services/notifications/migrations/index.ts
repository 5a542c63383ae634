import { type Migration, outboxMigration } from '@parley/database';
import { inboxMigration } from './0001-inbox.ts';

export const migrations: readonly Migration[] = [outboxMigration, inboxMigration];
