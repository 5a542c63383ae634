import type { CorsOptions } from 'cors';

/** The response headers that pages may read, in addition to the default ones. */
const exposedHeaders = ['X-Request-Id', 'Retry-After', 'Link', 'X-Has-More'];

/**
 * The policy for REST and for Socket.IO polling. Any origin may be allowed (`*`), because identity
 * comes from the token and never from a cookie. Listed origins may also send credentials, which a
 * load balancer's affinity cookie requires.
 */
export function corsOptions(origins: readonly string[]): CorsOptions {
  const all = origins.includes('*');
  return { origin: all ? '*' : [...origins], credentials: !all, exposedHeaders, maxAge: 600 };
}
