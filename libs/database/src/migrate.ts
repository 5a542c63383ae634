import { setTimeout as delay } from 'node:timers/promises';
import { isOutage } from '@parley/errors';
import { StartError } from '@parley/runtime';
import type { Knex } from 'knex';
import type { Database } from './connect.ts';

export interface Migration {
  /** `0001-initial`: applied in this order, once, each in a transaction. */
  name: string;
  up(trx: Knex): Promise<void>;
}

/** So long a service that starts waits for its database: as long as for the broker. */
const defaultWaitMs = 30_000;
const pauseMs = 250;
/** While a migration waits for a table, everybody who comes after it waits too. */
const maxLockMs = 3_000;

/**
 * Creates the schema and applies what is missing. Any number of replicas may call it at once: one works, the others wait.
 * There is no way down: a released migration is followed by another one.
 * A migration may take long, but waits at most 3 s for each lock; then it gives way, and is tried again, with nothing changed meanwhile.
 * A database that is away is waited for, since a service that starts often does so together with it. Rejects when that takes longer than 30 s.
 * Answers the names of what it applied.
 */
export function migrate(db: Database, schema: string, migrations: readonly Migration[]): Promise<string[]> {
  return insist(() => migrateOnce(db, schema, migrations), isOutage, defaultWaitMs);
}

/**
 * For a service whose database role may not create tables: resolves as soon as everything has been applied by somebody else. Reads, and changes nothing.
 * @param waitMs default 30_000
 * @throws StartError that names what is missing, when that takes longer
 */
export function untilMigrated(
  db: Database,
  schema: string,
  migrations: readonly Migration[],
  waitMs = defaultWaitMs,
): Promise<void> {
  return insist(
    () => assertMigrated(db, schema, migrations),
    (error) => error instanceof StartError || isOutage(error),
    waitMs,
  );
}

/** What a service does before it uses its tables. @param apply whether missing migrations are applied (`MIGRATE_ON_START`), or waited for */
export async function prepareTables(
  db: Database,
  schema: string,
  migrations: readonly Migration[],
  apply: boolean,
): Promise<void> {
  await (apply ? migrate(db, schema, migrations) : untilMigrated(db, schema, migrations));
}

async function insist<T>(
  attempt: () => Promise<T>,
  mayPass: (error: unknown) => boolean,
  waitMs: number,
): Promise<T> {
  for (const deadline = performance.now() + waitMs; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (!mayPass(error) || performance.now() > deadline) throw error;
      await delay(pauseMs);
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
    `The tables of ${schema} are not up to date: ${names} not applied. Run \`node dist/${schema}.js migrate\`, or start with MIGRATE_ON_START=true.`,
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
    // `if not exists` asks for the right to create one even where it is there.
    const { rows } = await db.raw('select from pg_namespace where nspname = ?', [schema]);
    if (rows.length === 0) await db.raw('create schema ??', [schema]);
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
            await trx.raw(`set local statement_timeout = 0; set local lock_timeout = '${maxLockMs}ms'`);
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
    if (pending.length === 0) return [];
    await db.migrate.forceFreeMigrationsLock(config);
    const [, applied] = await db.migrate.latest(config);
    return applied;
  });
}
