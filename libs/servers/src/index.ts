export { type ChildGroup, type Exit, killAll, killAllGroups, startGroup } from './child-group.ts';
export { findChromium } from './chromium.ts';
export { ensureDebianPackages, hasDebianPackage } from './debian-packages.ts';
export { type ChoosePort, foundPortTaken, freePort, releasePort } from './ports.ts';

export { ensureDatabase } from './postgres/ensure-database.ts';
export { startPostgres } from './postgres/start-postgres.ts';
export {
  isRunning,
  killTrees,
  listensOn,
  type ProcessInfo,
  processTree,
  sendSignal,
} from './process-table.ts';
export { bareEnvironment } from './programs.ts';
export { startRabbit } from './rabbit.ts';
export { startRabbitCluster } from './rabbit-cluster.ts';
export { startRedis } from './redis.ts';
export { startRedisCluster } from './redis-cluster.ts';
export type { ServerCluster } from './server-cluster.ts';
export type { ServerKind, ServerProcess } from './server-process.ts';
export { ensureSystemServers, missingServers } from './system-servers.ts';
