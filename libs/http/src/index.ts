export { secondsBuckets, sizeBuckets } from './buckets.ts';
export { corsOptions } from './cors-options.ts';
export type { Counter, Histogram, LabeledMetric } from './counters.ts';
export {
  type Host,
  type HostConfig,
  type HostOptions,
  listen,
  startHost,
} from './host.ts';
export { consumeOrRefuse, createLimiter, type Limiter, type RateSetting } from './limiter.ts';
export { type Gauge, Metrics } from './metrics.ts';
export { maxBodyBytes } from './pipeline.ts';
export { fieldErrors } from './problem.ts';
export { withoutPrefix } from './public-path.ts';
export {
  type RequestContext,
  type Route,
  type RouteInput,
  route,
} from './route.ts';
export {
  runService,
  type ServiceProcessConfig,
  startLogging as startTelling,
  version,
} from './run-service.ts';
export { servedRoutes } from './served-routes.ts';
export type { Infrastructure, Service } from './service.ts';
export {
  TokenVerifier,
  tokenRules,
  type VerifiedToken,
} from './token-verifier.ts';
