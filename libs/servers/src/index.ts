export type { Exit } from './child-group.ts';
export { freePort } from './ports.ts';
export type { PostgresSource } from './postgres/binaries.ts';
export { type PostgresOptions, startPostgres } from './postgres/start-postgres.ts';
export { isRunning, type ProcessInfo, processTree } from './process-table.ts';
export { startRabbit } from './rabbit.ts';
export { startRedis } from './redis.ts';
export type { ServerKind, ServerProcess } from './server-process.ts';
