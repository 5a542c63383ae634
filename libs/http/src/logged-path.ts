import { allOperations } from '@parley/contracts';

const words = new Set(
  [...allOperations.map(({ path }) => path), '/docs', '/readyz', '/healthz', '/metrics', '/socket.io', '/ws']
    .flatMap((path) => path.split('/'))
    .filter((segment) => !segment.startsWith(':')),
);
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The path of a request as we log it: the words of our own routes, and ids. Everything else becomes
 * `…`, because it may be a token, however it is written.
 */
export function loggedPath(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1);
  return path
    .slice(0, 500)
    .split('/')
    .map((segment) => (words.has(segment.toLowerCase()) || uuid.test(segment) ? segment : '…'))
    .join('/');
}
