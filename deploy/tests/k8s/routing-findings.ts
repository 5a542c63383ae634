import { routedRequests } from '@parley/contracts/routed-requests';
import { type Manifest, ofKind } from './manifest.ts';

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
      routedRequests.flatMap(({ path, service }) => {
        const [asked = ''] = path.split('?');
        const chosen = paths.find((candidate) => new RegExp(`^${candidate.path}`, 'i').test(asked))?.backend
          .service?.name;
        return chosen === service ? [] : [`${path} goes to ${chosen ?? 'nobody'}, not to ${service}`];
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
