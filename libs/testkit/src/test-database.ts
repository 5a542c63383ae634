import pg from 'pg';
import { testNamespace } from './random.ts';
import { testServices } from './services.ts';

export interface TestDatabase {
  url: string;
  /** Removes it, cutting off whoever is still connected. */
  drop(): Promise<void>;
}

/** A fresh, empty database on the shared server. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = testNamespace();
  const url = new URL(testServices().databaseUrl);
  await asAdmin(`create database ${name}`);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin(`drop database if exists ${name} with (force)`) };
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: testServices().databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
