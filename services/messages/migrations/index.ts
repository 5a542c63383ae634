import type { Migration } from '@parley/database';
import { timelineMigration } from './0001-timeline.ts';

export const migrations: readonly Migration[] = [timelineMigration];
