import { inject } from 'vitest';

/**
 * The servers shared by all tests of a run. Isolate tests with `createTestDatabase()` and
 * `testNamespace()`.
 */
export interface TestServices {
  /** URL of a superuser, or of a role that may create databases. */
  databaseUrl: string;
  redisUrl: string;
  amqpUrl: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServices: TestServices;
  }
}

export const testServices = (): TestServices => inject('testServices');
