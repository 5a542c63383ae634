import { allOperations } from './rest/index.ts';
import type { ServiceName } from './rest/operation.ts';

/** Paths that are not REST operations. Tests of every load balancer ask for them. */
const paths = {
  gateway: [
    '/',
    '/?token=x',
    '/socket.io',
    '/socket.io/?EIO=4',
    '/socket.io/socket.io.min.js.map',
    '/Socket.IO/',
    '/ws',
    '/ws/',
    '/docs',
    '/docs/',
    '/docs/swagger-ui.css',
    '/openapi.json',
    '/asyncapi.json',
    '/healthz',
    '/readyz',
  ],
  /** Its pages and files, and whatever does not exist, which it refuses. */
  web: [
    '/rooms',
    '/rooms/01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d?at=5',
    '/browse',
    '/people',
    '/inbox',
    '/invite/token',
    '/settings/profile',
    '/assets/index.js',
    '/sdk/parley-client.js',
    '/sdk/parley-client-copy-check.js',
    '/sdk/parley-client-account.js',
    '/favicon.ico',
    '/nothing/here',
    '/metrics',
    '/metrics/',
    '/openapi',
    '/healthz/more',
    '/wsx',
    '/socket.iox/',
    '/api',
    '/api/v1',
    '/api/v1/nothing',
    '/api/v2/rooms',
    '//docs',
    '/%00',
  ],
} as const satisfies Partial<Record<ServiceName, readonly string[]>>;

interface RoutedRequest {
  method: string;
  path: string;
  service: ServiceName;
}

const id = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';

/** Requests at the public address, one for every operation among them, and who answers each. */
export const routedRequests: readonly RoutedRequest[] = [
  ...allOperations.flatMap(({ method, path, service }) => {
    const filled = path.replace(/:\w+/g, id);
    return [filled, `${filled.toUpperCase()}/`].map((each) => ({ method, path: each, service }));
  }),
  ...paths.gateway.map((path) => ({ method: 'get', path, service: 'gateway' }) as const),
  ...paths.web.map((path) => ({ method: 'get', path, service: 'web' }) as const),
];
