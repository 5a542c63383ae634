import pg from 'pg';
import { testNamespace } from './random.ts';
import { testServices } from './services.ts';

export interface TestDatabase {
  url: string;
  /** Removes it and terminates open connections. */
  drop(): Promise<void>;
}

/**
 * A new, empty database.
 * @param serverUrl @default the shared server
 * @param options options of `create database`, such as its locale
 */
export async function createTestDatabase(
  serverUrl = testServices().databaseUrl,
  options = '',
): Promise<TestDatabase> {
  const name = testNamespace();
  const url = new URL(serverUrl);
  await asAdmin(`create database ${name} ${options}`, serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin(`drop database if exists ${name} with (force)`, serverUrl) };
}

export interface TestRole {
  name: string;
  /** URL of its database, as this role. */
  url: string;
  /** Call after the database is dropped, because that holds the role's privileges. */
  drop(): Promise<void>;
}

/** A new role that may only connect. Grant it what the test needs. */
export async function createTestRole(database: TestDatabase): Promise<TestRole> {
  const name = testNamespace();
  await asAdmin(`create role ${name} login password '${name}'`);
  const url = new URL(database.url);
  url.username = name;
  url.password = name;
  return { name, url: url.href, drop: () => asAdmin(`drop role if exists ${name}`) };
}

async function asAdmin(statement: string, serverUrl = testServices().databaseUrl): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
