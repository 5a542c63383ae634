import { allOperations, serviceFor } from '@parley/contracts';
import { type Manifest, ofKind } from './manifest.ts';

const id = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';
const operations = allOperations.map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, id) }));
const publicPaths = [
  '/',
  '/socket.io/',
  '/socket.io/socket.io.min.js.map',
  '/ws',
  '/docs',
  '/docs/',
  '/docs/swagger-ui.css',
  '/sdk/parley-client.js',
  '/rooms',
  '/rooms/01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d',
  '/invite/token',
  '/settings/profile',
  '/inbox',
  '/assets/index.js',
  '/openapi.json',
  '/asyncapi.json',
  '/healthz',
  '/readyz',
];
/** Paths that are not public, or do not exist. */
const nobodys = [
  '/metrics',
  '/metrics/',
  '/nothing',
  '/api/v1/nothing',
  '/healthz/more',
  '/wsx',
  '/socket.iox/',
];

const requests = [
  ...operations,
  ...operations.map(({ method, path }) => ({ method, path: `${path.toUpperCase()}/` })),
  ...[...publicPaths, ...nobodys].map((path) => ({ method: 'get', path })),
];

/**
 * Paths that the Ingress routes differently from the contracts, in any order of its expressions.
 */
export function routingFindings(manifests: readonly Manifest[]): string[] {
  return ofKind(manifests, 'Ingress').flatMap(({ metadata, spec }) => {
    const annotations: Record<string, string> =
      (metadata as { annotations?: Record<string, string> }).annotations ?? {};
    const asWritten = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
    const longestFirst = asWritten.toSorted((a, b) => (b.path ?? '').length - (a.path ?? '').length);
    const wrong = [asWritten, longestFirst].flatMap((paths) =>
      requests.flatMap(({ method, path }) => {
        const chosen = paths.find((candidate) => new RegExp(`^${candidate.path}`, 'i').test(path))?.backend
          .service?.name;
        const expected = serviceFor(method, path);
        return chosen === expected
          ? []
          : [`${path} goes to ${chosen ?? 'nobody'}, not to ${expected ?? 'nobody'}`];
      }),
    );
    // Heartbeats come every 25 s, and Socket.IO waits 20 s longer for them.
    const patient = (name: string) => Number.parseInt(annotations[name] ?? '0', 10) > 45;
    return [
      ...new Set(wrong),
      ...(annotations['nginx.ingress.kubernetes.io/use-regex'] === 'true'
        ? []
        : ['paths are not taken for regular expressions']),
      ...(annotations['nginx.org/path-regex'] === 'case_insensitive'
        ? []
        : ['paths are not taken for regular expressions without case']),
      ...['nginx.ingress.kubernetes.io', 'nginx.org']
        .flatMap((prefix) => ['read', 'send'].map((way) => `${prefix}/proxy-${way}-timeout`))
        .filter((name) => !patient(name))
        .map((name) => `${name} closes connections between two heartbeats`),
    ];
  });
}
