import { type Environment, loadConfig, migrateSettings, type Running } from '@parley/runtime';
import { connectDatabase } from './connect.ts';
import { type Migration, migrate } from './migrate.ts';

/**
 * The command `migrate` of a service, for `runMain`: applies missing migrations, prints their
 * names, and ends. Needs only DATABASE_URL. Its role must be allowed to create tables in the
 * service's schema, and to create the schema if it is missing.
 */
export async function migrateAlone(
  schema: string,
  migrations: readonly Migration[],
  env: Environment,
): Promise<Running> {
  const { DATABASE_URL: url } = loadConfig(migrateSettings, env);
  const db = connectDatabase({ url, schema, pool: 3, statementTimeoutMs: 0 });
  try {
    const applied = await migrate(db, schema, migrations);
    console.log(`${schema}: ${applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply'}`);
  } finally {
    await db.destroy();
  }
  return { stop: async () => undefined };
}
