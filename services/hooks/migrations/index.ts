import type { Migration } from '@parley/database';
import { hooksMigration } from './0001-hooks.ts';
import { incomingMigration } from './0002-incoming.ts';
import { offeredCommandsMigration } from './0003-offered-commands.ts';

export const migrations: readonly Migration[] = [hooksMigration, incomingMigration, offeredCommandsMigration];
