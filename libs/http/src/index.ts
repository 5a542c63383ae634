export { rawClientAddress } from './address.ts';
export { type AppConfig, type AppOptions, createApp } from './app.ts';
export { verifyLimited } from './bad-tokens.ts';
export { corsOptions } from './cors-options.ts';
export type { FillInExamples } from './fill-in-examples.ts';
export { consumeOrRefuse, createLimiter, type Limiter, type RateSetting } from './limiter.ts';
export { listen } from './listen.ts';

export { fieldErrors } from './problem.ts';
export { prefixRouter, stripPrefix, withoutPrefix } from './public-path.ts';
export { type Route, type RouteInput, route } from './route.ts';
export { servedRoutes } from './served-routes.ts';
export { TokenVerifier, tokenRules, type VerifiedToken } from './token-verifier.ts';
