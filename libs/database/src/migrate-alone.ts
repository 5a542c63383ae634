import { type Environment, loadConfig, migrateSettings, type Running } from '@parley/runtime';
import { connectDatabase } from './connect.ts';
import { type Migration, migrate } from './migrate.ts';

/**
 * The command `migrate` of a service, for `runMain`: applies what is missing, says so, and lets the process end. Needs DATABASE_URL alone, of a role that may
 * create tables in the service's schema, and the schema itself unless it is there.
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
