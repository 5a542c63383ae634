export { atMost } from './at-most.ts';
export {
  ConfigError,
  commonSettings,
  databaseSettings,
  duration,
  type Environment,
  integer,
  list,
  loadConfig,
  nodeUrls,
  type Rate,
  rate,
  splitUrls,
} from './config.ts';
export { type Clock, isUuid, newId, systemClock } from './ids.ts';
export { createLogger, type Logger } from './logger.ts';
export { type Running, runMain, StartError } from './run-main.ts';
