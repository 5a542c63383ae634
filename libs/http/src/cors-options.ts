import type { CorsOptions } from 'cors';

/** What pages may read of a response, besides what they may always. */
const exposedHeaders = ['X-Request-Id', 'Retry-After', 'Link', 'X-Has-More'];

/**
 * The one policy for REST and for Socket.IO's polling. Identity comes from the token, never from a cookie, so any origin may
 * be allowed (`*`). Origins that are listed may send credentials too, which a load balancer's affinity cookie needs.
 */
export function corsOptions(origins: readonly string[]): CorsOptions {
  const all = origins.includes('*');
  return { origin: all ? '*' : [...origins], credentials: !all, exposedHeaders, maxAge: 600 };
}
