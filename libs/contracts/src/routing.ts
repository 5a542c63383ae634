import { allOperations } from './rest/index.ts';
import type { Operation, ServiceName } from './rest/operation.ts';

interface Matcher {
  method: string;
  pattern: RegExp;
  service: ServiceName;
}

/** The pages and files of the web client. Balancers send `/` to a gateway, see `homeRouter`. */
export const webClientPaths =
  /^\/(?:(?:assets|rooms|invite|settings)(?:\/.*)?|browse|people|inbox|saved|search|threads)?$/i;

/** Paths that are not REST operations: sockets (also at `/`), documents and the health check. */
const gatewayPaths = /^\/(?:(?:socket\.io|ws|docs)(?:\/.*)?|openapi\.json|asyncapi\.json|healthz|readyz)?$/i;

const isParameter = (segment: string) => segment.startsWith(':');

/**
 * `/rooms/invites` → `000`, `/rooms/:roomId` → `001`. Sorting by this puts a literal segment before
 * a parameter in its place.
 */
const shapeOf = ({ path }: Operation) =>
  path
    .split('/')
    .map((segment) => (isParameter(segment) ? 1 : 0))
    .join('');

const escapeLiteral = (segment: string) => segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

// As in Express: ignores case and one trailing slash.
const patternOf = (path: string) =>
  new RegExp(
    `^${path
      .split('/')
      .map((segment) => (isParameter(segment) ? '[^/]+' : escapeLiteral(segment)))
      .join('/')}/?$`,
    'i',
  );

const matchers: readonly Matcher[] = [...allOperations]
  .sort((a, b) => shapeOf(a).localeCompare(shapeOf(b)))
  .map(({ method, path, service }) => ({ method, pattern: patternOf(path), service }));

/**
 * The service that answers a request at the public address. Other methods of a known path go to its
 * service too, which refuses them (405) or answers OPTIONS. All other paths go to `web`, which has
 * pages and files at some of them, and refuses the rest in the language of the client.
 * @param path with or without its query
 */
export function serviceFor(method: string, path: string): ServiceName {
  const [pathname = ''] = path.split('?');
  if (gatewayPaths.test(pathname)) return 'gateway';
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  const fitting = matchers.filter(({ pattern }) => pattern.test(pathname));
  return (fitting.find((matcher) => matcher.method === asked) ?? fitting[0])?.service ?? 'web';
}
