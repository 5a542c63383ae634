export {
  connectDatabase,
  type Database,
  pingDatabase,
  type Query,
  type Queryable,
  type Transaction,
} from './connect.ts';
export { isStatementTimeout, isUniqueViolation } from './errors.ts';
export { EventLog, eventLogMigration } from './event-log.ts';
export { type ForgettingStep, keepForgetting } from './forgetting.ts';
export { type Migration, migrate, prepareTables, untilMigrated } from './migrate.ts';
export { migrateAlone } from './migrate-alone.ts';
export { type PageReader, type PageStart, pageEndsMigration, readNumberedPage } from './numbered-pages.ts';
export { Outbox, outboxMigration } from './outbox.ts';
export { plannedSeldom, prepared } from './prepared.ts';
