import { readFileSync } from 'node:fs';
import { allOperations, serviceFor } from '@parley/contracts';
import { expect, test } from 'vitest';

const conf = readFileSync(new URL('../docker/balancer.conf', import.meta.url), 'utf8');

/** nginx: the first regular expression that matches, else the longest prefix. */
function chosenBy(path: string): string | undefined {
  const locations = [...conf.matchAll(/location (~ )?(\S+) \{ set \$service (\w+);/g)].map(([, regex, pattern = '', service]) => ({
    regex,
    pattern,
    service,
  }));
  const byRegex = locations.find(({ regex, pattern }) => regex && new RegExp(pattern).test(path));
  const byPrefix = locations
    .filter(({ regex, pattern }) => !regex && path.startsWith(pattern))
    .sort((a, b) => b.pattern.length - a.pattern.length);
  return (byRegex ?? byPrefix[0])?.service;
}

test('the balancer of docker-compose.yml sends every path to the service that serves it', () => {
  const paths = allOperations.map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d') }));
  const others = ['/socket.io/', '/ws', '/', '/docs', '/openapi.json', '/asyncapi.json', '/healthz'].map((path) => ({
    method: 'get',
    path,
  }));
  const all = [...paths, ...others];
  expect(all.map(({ path }) => `${path} → ${chosenBy(path)}`)).toEqual(
    all.map(({ method, path }) => `${path} → ${serviceFor(method, path)}`),
  );
});
