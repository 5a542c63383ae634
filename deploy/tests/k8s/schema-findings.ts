import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Secret, Service } from 'kubernetes-models/v1';
import type { z } from 'zod';
import { scaledObject } from './custom-resources.ts';
import type { Manifest } from './manifest.ts';

const models = [
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Secret,
  Service,
  StatefulSet,
];
const customResources: Record<string, z.ZodType> = {
  ScaledObject: scaledObject,
};

/** Violations of Kubernetes' schemas, including unknown fields. */
export function schemaFindings(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) =>
    findingsIn(manifest).map((finding) => `${manifest.kind}/${manifest.metadata.name}: ${finding}`),
  );
}

function findingsIn(manifest: Manifest): string[] {
  const custom = customResources[manifest.kind];
  if (custom)
    return (custom.safeParse(manifest).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('/')} ${message}`,
    );
  const model = models.find(
    ({ apiVersion, kind }) => apiVersion === manifest.apiVersion && kind === manifest.kind,
  );
  if (!model) return [`no schema for ${manifest.apiVersion} ${manifest.kind}`];
  const unread = new Set<string>();
  try {
    model.prototype.validate.call(watch(manifest, '', unread));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return [...unread].map((path) => `${path} is no field`);
}

/**
 * The models' validators accept unknown fields but never read them, so a field that was not read is
 * unknown.
 * @param unread receives the paths of all fields; paths are removed when read
 */
function watch<T extends object>(value: T, path: string, unread: Set<string>): T {
  const watched = new Map<string, object>();
  for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
  return new Proxy(value, {
    get(target, key) {
      const child: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return child;
      unread.delete(`${path}/${key}`);
      if (typeof child !== 'object' || child === null) return child;
      const known = watched.get(key) ?? watch(child, `${path}/${key}`, unread);
      watched.set(key, known);
      return known;
    },
  });
}
