import { type Migration, outboxMigration } from '@parley/database';
import { directoryMigration } from './0001-directory.ts';

export const migrations: readonly Migration[] = [outboxMigration, directoryMigration];
