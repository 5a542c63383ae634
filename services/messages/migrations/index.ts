import type { Migration } from '@parley/database';
import { timelineMigration } from './0001-timeline.ts';
import { deliveryMigration } from './0002-delivery.ts';

export const migrations: readonly Migration[] = [timelineMigration, deliveryMigration];
