export {
  type Host,
  type HostConfig,
  type HostOptions,
  listen,
  startHost,
} from './host.ts';
export {
  type Counter,
  type Gauge,
  type Histogram,
  Metrics,
} from './metrics.ts';
export { createLimiter, maxBodyBytes } from './pipeline.ts';
export { fieldErrors } from './problem.ts';
export {
  type RequestContext,
  type Route,
  type RouteInput,
  route,
} from './route.ts';
export {
  runService,
  type ServiceProcessConfig,
  version,
} from './run-service.ts';
export { servedRoutes } from './served-routes.ts';
export type { Infrastructure, Service } from './service.ts';
export {
  TokenVerifier,
  tokenRules,
  type VerifiedToken,
} from './token-verifier.ts';
