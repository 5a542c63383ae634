import { allOperations } from './rest/index.ts';
import type { Operation, ServiceName } from './rest/operation.ts';

interface Matcher {
  method: string;
  pattern: RegExp;
  service: ServiceName;
}

/** What is no REST operation: sockets, documents, the front page, and whether the public side lives. */
const gatewayPaths = /^\/(?:(?:socket\.io|ws|docs)(?:\/.*)?|openapi\.json|asyncapi\.json|healthz|readyz)?$/i;

const isParameter = (segment: string) => segment.startsWith(':');

/** `/rooms/invites` → `000`, `/rooms/:roomId` → `001`: in this order a literal segment comes before a parameter in its place. */
const shapeOf = ({ path }: Operation) =>
  path
    .split('/')
    .map((segment) => (isParameter(segment) ? 1 : 0))
    .join('');

const escapeLiteral = (segment: string) => segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

// Like Express: case does not matter, nor does one slash at the end.
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
 * Which service answers a request at the public address; undefined: none does.
 * A path that is served with other methods alone goes to its service too, which knows how to refuse (405) or to answer OPTIONS.
 * @param path with or without its query
 */
export function serviceFor(method: string, path: string): ServiceName | undefined {
  const [pathname = ''] = path.split('?');
  if (gatewayPaths.test(pathname)) return 'gateway';
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  const fitting = matchers.filter(({ pattern }) => pattern.test(pathname));
  return (fitting.find((matcher) => matcher.method === asked) ?? fitting[0])?.service;
}
