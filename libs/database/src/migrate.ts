import { isOutage } from '@parley/errors';
import { StartError } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import type { Knex } from 'knex';
import type { Database } from './connect.ts';

export interface Migration {
  /** Such as `0001-initial`. Migrations run in this order, once, each in a transaction. */
  name: string;
  up(trx: Knex): Promise<void>;
}

/** How long a starting service waits for its database; the same as for the broker. */
const defaultWaitMs = 30_000;
const pauseMs = 250;
/** While a migration waits for a table lock, every later statement on that table waits too. */
const maxLockMs = 3_000;

/**
 * Creates the schema if necessary and applies missing migrations. Returns their names. Replicas may
 * call it concurrently: one works, the others wait.
 *
 * There are no down migrations: a released migration is corrected by a new one. A migration may
 * take long but waits at most 3 s for each lock. Then it rolls back and retries. Waits up to 30 s
 * for a database that is unavailable, because both often start together.
 */
export function migrate(db: Database, schema: string, migrations: readonly Migration[]): Promise<string[]> {
  return retryWhile(() => migrateOnce(db, schema, migrations), isOutage, defaultWaitMs);
}

/**
 * For a service whose database role may not create tables: waits until another process has applied
 * every migration. Changes nothing itself.
 * @param waitMs default 30_000
 * @throws StartError naming the missing migrations after `waitMs`
 */
export function untilMigrated(
  db: Database,
  schema: string,
  migrations: readonly Migration[],
  waitMs = defaultWaitMs,
): Promise<void> {
  return retryWhile(
    () => assertMigrated(db, schema, migrations),
    (error) => error instanceof StartError || isOutage(error),
    waitMs,
  );
}

/**
 * Prepares a service's tables at start.
 * @param apply `MIGRATE_ON_START`: apply missing migrations, or else wait for them
 */
export async function prepareTables(
  db: Database,
  schema: string,
  migrations: readonly Migration[],
  apply: boolean,
): Promise<void> {
  await (apply ? migrate(db, schema, migrations) : untilMigrated(db, schema, migrations));
}

async function retryWhile<T>(
  attempt: () => Promise<T>,
  isTemporary: (error: unknown) => boolean,
  waitMs: number,
): Promise<T> {
  for (const deadline = performance.now() + waitMs; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTemporary(error) || performance.now() > deadline) throw error;
      await pause(pauseMs);
    }
  }
}

async function assertMigrated(db: Database, schema: string, migrations: readonly Migration[]): Promise<void> {
  const { rows: tables } = await db.raw('select to_regclass(?) as found', [`${schema}.migrations`]);
  const applied: { name: string }[] = tables[0]?.found
    ? await db.withSchema(schema).table('migrations').select('name')
    : [];
  const missing = migrations.filter(({ name }) => !applied.some((row) => row.name === name));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new StartError(
    `The tables of ${schema} are not up to date: ${names} not applied. ` +
      `Run \`node dist/${schema}.js migrate\`, or start with MIGRATE_ON_START=true.`,
  );
}

async function migrateOnce(
  db: Database,
  schema: string,
  migrations: readonly Migration[],
): Promise<string[]> {
  return db.transaction(async (guard) => {
    await guard.raw('set local statement_timeout = 0');
    await guard.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`parley.migrate.${schema}`]);
    // `create schema if not exists` requires the right to create schemas even if it exists.
    const { rows } = await db.raw('select from pg_namespace where nspname = ?', [schema]);
    if (rows.length === 0) await db.raw('create schema ??', [schema]);
    const config: Knex.MigratorConfig = {
      schemaName: schema,
      tableName: 'migrations',
      // During a rolling update, processes of this release still start on a newer schema.
      disableMigrationsListValidation: true,
      migrationSource: {
        getMigrations: async () => [...migrations],
        getMigrationName: (migration: Migration) => migration.name,
        getMigration: async (migration: Migration) => ({
          up: async (trx: Knex) => {
            await trx.raw(`set local statement_timeout = 0; set local lock_timeout = '${maxLockMs}ms'`);
            await migration.up(trx);
          },
          down: async () => {
            throw new Error('there are no down migrations');
          },
        }),
      },
    };
    // We hold the advisory lock, so a held knex lock was left behind by a killed process.
    const [, pending] = await db.migrate.list(config);
    if (pending.length === 0) return [];
    await db.migrate.forceFreeMigrationsLock(config);
    const [, applied] = await db.migrate.latest(config);
    return applied;
  });
}
