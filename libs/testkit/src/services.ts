import { inject } from 'vitest';

/** The servers that all tests of a run share. Keep apart by `createTestDatabase()` and `testNamespace()`. */
export interface TestServices {
  /** Of a superuser, or one who may create databases. */
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
