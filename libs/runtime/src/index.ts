export { answerWithin } from './answer-within.ts';
export { Cache } from './cache.ts';
export {
  commonSettings,
  databaseSettings,
  duration,
  durationOrOff,
  type Environment,
  flag,
  integer,
  list,
  loadConfig,
  migrateSettings,
  nodeUrls,
  type Rate,
  rate,
  splitUrls,
} from './config.ts';
export { Gatherer } from './gatherer.ts';
export { hashToken } from './hash-token.ts';
export { type Clock, newId, systemClock } from './ids.ts';
export { type Maximum, maximum, nameRate } from './limits.ts';
export { createLogger, type Logger } from './logger.ts';
export { networkOf, plainAddress } from './network.ts';
export { redactError } from './redact.ts';
export { asksToMigrate, type Running, runMain, StartError } from './run-main.ts';
export { seal, unseal } from './sealed-box.ts';
export { shareResult } from './shared-result.ts';
export { SlidingWindow } from './sliding-window.ts';
