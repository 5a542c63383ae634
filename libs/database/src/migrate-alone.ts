import { type Environment, loadConfig, migrateSettings, type Running, splitUrls } from '@parley/runtime';
import { connectDatabase } from './connect.ts';
import { type Migration, migrate } from './migrate.ts';

/**
 * The command `migrate` of a service, for `runMain`: applies missing migrations, prints their
 * names, and ends. Needs only DATABASE_URL. Its role must be allowed to create tables in the
 * service's schema, and to create the schema if it is missing.
 * @param severalUrls a variable with the URLs of several databases, used instead if it is set
 */
export async function migrateAlone(
  schema: string,
  migrations: readonly Migration[],
  env: Environment,
  severalUrls = '',
): Promise<Running> {
  const several = env[severalUrls]?.trim();
  const urls = several ? splitUrls(several) : [loadConfig(migrateSettings, env).DATABASE_URL];
  for (const url of urls) await migrateOne(schema, migrations, url);
  return { stop: async () => undefined };
}

async function migrateOne(schema: string, migrations: readonly Migration[], url: string): Promise<void> {
  const db = connectDatabase({ url, schema, pool: 3, statementTimeoutMs: 0 });
  try {
    const applied = await migrate(db, schema, migrations);
    console.log(`${schema}: ${applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply'}`);
  } finally {
    await db.destroy();
  }
}
