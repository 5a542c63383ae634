import { setTimeout as delay } from 'node:timers/promises';
import { isOutage } from '@parley/errors';
import type { Knex } from 'knex';
import type { Database } from './connect.ts';

export interface Migration {
  /** `0001-initial`: applied in this order, once, each in a transaction. */
  name: string;
  up(trx: Knex): Promise<void>;
}

/** So long a service that starts waits for its database: as long as for the broker. */
const waitMs = 30_000;
const pauseMs = 250;
/** While a migration waits for a table, everybody who comes after it waits too. */
const longestLockMs = 3_000;

/**
 * Creates the schema and applies what is missing. Any number of replicas may call it at once: one works, the others wait.
 * There is no way down: a released migration is followed by another one.
 * A migration may take long, but waits at most 3 s for each lock; then it gives way, and is tried again, with nothing changed meanwhile.
 * A database that is away is waited for, since a service that starts often does so together with it. Rejects when that takes longer than 30 s.
 */
export async function migrate(db: Database, schema: string, migrations: readonly Migration[]): Promise<void> {
  for (const deadline = performance.now() + waitMs; ; ) {
    try {
      return await migrateOnce(db, schema, migrations);
    } catch (error) {
      if (!isOutage(error) || performance.now() > deadline) throw error;
      await delay(pauseMs);
    }
  }
}

async function migrateOnce(db: Database, schema: string, migrations: readonly Migration[]): Promise<void> {
  await db.transaction(async (guard) => {
    await guard.raw('set local statement_timeout = 0');
    await guard.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`parley.migrate.${schema}`]);
    await db.raw('create schema if not exists ??', [schema]);
    const config: Knex.MigratorConfig = {
      schemaName: schema,
      tableName: 'migrations',
      // While a newer release is rolled out, processes of this one still start: what it has added is no concern of theirs.
      disableMigrationsListValidation: true,
      migrationSource: {
        getMigrations: async () => [...migrations],
        getMigrationName: (migration: Migration) => migration.name,
        getMigration: async (migration: Migration) => ({
          up: async (trx: Knex) => {
            await trx.raw(`set local statement_timeout = 0; set local lock_timeout = '${longestLockMs}ms'`);
            await migration.up(trx);
          },
          down: async () => {
            throw new Error('migrations go forward only');
          },
        }),
      },
    };
    // We hold the advisory lock, so knex' own lock can only be a leftover of a process that was killed.
    const [, pending] = await db.migrate.list(config);
    if (pending.length === 0) return;
    await db.migrate.forceFreeMigrationsLock(config);
    await db.migrate.latest(config);
  });
}
