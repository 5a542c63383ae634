import { authConfig } from '@parley/auth';
import { directoryConfig } from '@parley/directory';
import { gatewayConfig } from '@parley/gateway';
import { hooksConfig } from '@parley/hooks';
import { messagesConfig } from '@parley/messages';
import { notificationsConfig } from '@parley/notifications';
import { databaseSettings, loadConfig } from '@parley/runtime';
import { webConfig } from '@parley/web';
import { z } from 'zod';
import { type Manifest, ofKind, type ServiceName, serviceIn, type Workload, workloads } from './manifest.ts';

/** In milliseconds. */
interface Stopping {
  STOP_GRACE: number;
  SHUTDOWN_TIMEOUT: number;
  DRAIN_WINDOW?: number;
}

const schemas: Record<ServiceName, z.ZodType<Stopping> & { shape: object }> = {
  auth: authConfig,
  directory: directoryConfig,
  messages: messagesConfig,
  notifications: notificationsConfig,
  hooks: hooksConfig,
  gateway: gatewayConfig,
  web: webConfig,
};

/** The settings that every service's `migrate` command reads. */
const migration = z.object({ DATABASE_URL: databaseSettings.DATABASE_URL });

/** Read by Node itself. */
const forNode = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];
/** Optional to the programs, and required where there is more than one gateway. By Deployment. */
const requiredHere: Record<string, string[]> = {
  gateway: ['REDIS_URL'],
  'messages-writer': ['REDIS_URL'],
  notifications: ['REDIS_URL'],
};

const decode = (data: Record<string, string> = {}) =>
  Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const);

/** The data of a ConfigMap or Secret; undefined if it does not exist. */
export function dataOf(
  manifests: readonly Manifest[],
  kind: 'ConfigMap' | 'Secret',
  name = '',
): Record<string, string> | undefined {
  if (kind === 'ConfigMap') {
    const found = ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name === name);
    return found && { ...found.data };
  }
  const found = ofKind(manifests, 'Secret').find(({ metadata }) => metadata.name === name);
  return found && { ...Object.fromEntries(decode(found.data)), ...found.stringData };
}

/**
 * The environment of the container's process: later sources override earlier ones, and single
 * variables override all.
 */
export function environmentOf(
  { container }: Workload,
  manifests: readonly Manifest[],
): Record<string, string> {
  const sources = (container.envFrom ?? []).map(({ configMapRef, secretRef }) =>
    configMapRef
      ? dataOf(manifests, 'ConfigMap', configMapRef.name)
      : dataOf(manifests, 'Secret', secretRef?.name),
  );
  const single = (container.env ?? []).flatMap(({ name, value, valueFrom }) => {
    const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
    const referred = secretKeyRef
      ? dataOf(manifests, 'Secret', secretKeyRef.name)?.[secretKeyRef.key]
      : dataOf(manifests, 'ConfigMap', configMapKeyRef?.name)?.[configMapKeyRef?.key ?? ''];
    const given = value ?? referred;
    return given === undefined ? [] : [[name, given] as const];
  });
  return Object.assign({}, ...sources, Object.fromEntries(single));
}

/** The settings as the service parses them. @throws ConfigError */
export const settingsOf = (service: ServiceName, workload: Workload, manifests: readonly Manifest[]) =>
  loadConfig(schemas[service], environmentOf(workload, manifests));

/** Settings that a service does not know, lacks, or cannot parse. */
export function settingsFindings(manifests: readonly Manifest[]): string[] {
  return workloads(manifests).flatMap((workload) => {
    const service = serviceIn(workload);
    if (!service) return [];
    const environment = environmentOf(workload, manifests);
    const serves = workload.kind !== 'Job';
    const schema = serves ? schemas[service] : migration;
    const known = [...Object.keys(schema.shape), ...forNode];
    const unknown = Object.keys(environment).filter((name) => !known.includes(name));
    const missing = serves ? (requiredHere[workload.name] ?? []).filter((name) => !environment[name]) : [];
    return [
      ...unknown.map((name) => `${workload.id}: ${name} is no setting of ${service}`),
      ...missing.map((name) => `${workload.id}: ${name} is required`),
      ...unusable(schema, environment).map((problem) => `${workload.id}: ${problem}`),
    ];
  });
}

function unusable(schema: z.ZodType, environment: Record<string, string>): string[] {
  try {
    loadConfig(schema, environment);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
