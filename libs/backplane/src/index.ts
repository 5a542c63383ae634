export type {
  Backplane,
  BackplaneEvent,
  BackplaneHandler,
  BackplaneMessage,
  BackplanePublisher,
  UserStatus,
} from './backplane.ts';
export { ChangePublisher, changesByKey } from './change-publisher.ts';
export { isUserKey, roomIdOf, roomKey, statusKey, statusKeys, userKey } from './keys.ts';
export { MemoryBackplane } from './memory-backplane.ts';
export {
  connectCommands,
  connectRedis,
  type RedisClients,
} from './redis/connect-redis.ts';
export { RedisBackplane } from './redis-backplane.ts';
export { RedisPublisher } from './redis-publisher.ts';
