import { type Manifest, serviceIn, type Workload, workloads } from './manifest.ts';
import { dataOf, environmentOf } from './settings-findings.ts';

const isVerifiedDatabase = ({ searchParams }: URL) => searchParams.get('sslmode') === 'verify-full';

const verified: Record<string, (url: URL) => boolean> = {
  DATABASE_URL: isVerifiedDatabase,
  MESSAGES_DATABASE_URLS: isVerifiedDatabase,
  DATABASE_REPLICA_URL: isVerifiedDatabase,
  AMQP_URL: ({ protocol }) => protocol === 'amqps:',
  REDIS_URL: ({ protocol }) => protocol === 'rediss:',
};

/** Servers that are reached without TLS, or without verifying their certificate. */
export function encryptionFindings(manifests: readonly Manifest[]): string[] {
  return workloads(manifests).flatMap((workload) =>
    serviceIn(workload)
      ? [...urlFindings(workload, manifests), ...authorityFindings(workload, manifests)]
      : [],
  );
}

function urlFindings(workload: Workload, manifests: readonly Manifest[]): string[] {
  return Object.entries(environmentOf(workload, manifests))
    .filter(([name, value]) => value.split(',').some((url) => verified[name]?.(new URL(url)) === false))
    .map(([name]) => `${workload.id}: ${name} does not verify its server`);
}

/** The file of certificate authorities must be mounted from a Secret that has it. */
function authorityFindings(workload: Workload, manifests: readonly Manifest[]): string[] {
  const { id, container, spec } = workload;
  const usesServers = Object.keys(environmentOf(workload, manifests)).some((name) => name in verified);
  if (!usesServers) return [];
  const path = container.env?.find(({ name }) => name === 'NODE_EXTRA_CA_CERTS')?.value ?? '';
  const mount = container.volumeMounts?.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
  const secret = spec.volumes?.find(({ name }) => name === mount?.name)?.secret;
  const item = secret?.items?.find((one) => `${mount?.mountPath}/${one.path}` === path);
  const found = item && dataOf(manifests, 'Secret', secret?.secretName)?.[item.key];
  return found?.includes('BEGIN CERTIFICATE')
    ? []
    : [`${id}: no certificate authority at ${path || 'any path'}`];
}
