import type { Knex } from 'knex';
import type { Database } from './connect.ts';

export interface Migration {
  /** `0001-initial`: applied in this order, once, each in a transaction. */
  name: string;
  up(trx: Knex): Promise<void>;
}

/**
 * Creates the schema and applies what is missing. Any number of replicas may call it at once: one works, the others wait.
 * There is no way down: a released migration is followed by another one.
 */
export async function migrate(db: Database, schema: string, migrations: readonly Migration[]): Promise<void> {
  await db.transaction(async (guard) => {
    await guard.raw('set local statement_timeout = 0');
    await guard.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`parley.migrate.${schema}`]);
    await db.raw('create schema if not exists ??', [schema]);
    const config: Knex.MigratorConfig = {
      schemaName: schema,
      tableName: 'migrations',
      migrationSource: {
        getMigrations: async () => [...migrations],
        getMigrationName: (migration: Migration) => migration.name,
        getMigration: async (migration: Migration) => ({
          up: (trx: Knex) => migration.up(trx),
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
