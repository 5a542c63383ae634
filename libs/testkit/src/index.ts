export { brokerTablesHold } from './broker-tables.ts';
export { type EventuallyOptions, eventually } from './eventually.ts';
export { type SeededRandom, seededRandom, testNamespace } from './random.ts';
export { type TestServices, testServices } from './services.ts';
export { type StartProcessOptions, startProcess, type TestProcess } from './start-process.ts';
export { freshSnapshot, type Rest, SyncedClient, type SyncManner } from './synced-client.ts';
export { temporaryFolder } from './temporary-folder.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
export { createTestAuth, type TestAuth, type TestUser } from './test-tokens.ts';
