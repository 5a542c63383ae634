import { type Manifest, ofKind, selects, type Workload, workloads } from './manifest.ts';
import { dataOf } from './settings-findings.ts';

/**
 * Dangling references: ConfigMaps, Secrets, Services and their ports, scaled and guarded workloads.
 */
export function referenceFindings(manifests: readonly Manifest[]): string[] {
  const all = workloads(manifests);
  return [
    ...all.flatMap((workload) => environmentReferences(workload, manifests)),
    ...serviceReferences(manifests, all),
    ...ingressReferences(manifests),
    ...targetReferences(manifests),
    ...guardReferences(manifests, all),
    ...namespaces(manifests),
  ];
}

function environmentReferences({ id, container }: Workload, manifests: readonly Manifest[]): string[] {
  const sources = (container.envFrom ?? []).flatMap(({ configMapRef, secretRef }) => {
    const kind = configMapRef ? 'ConfigMap' : 'Secret';
    const name = (configMapRef ?? secretRef)?.name;
    return dataOf(manifests, kind, name) ? [] : [`${id}: no ${kind} ${name}`];
  });
  const keys = (container.env ?? []).flatMap(({ name, valueFrom }) => {
    const reference = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef;
    if (!reference || reference.optional) return [];
    const data = dataOf(manifests, valueFrom?.secretKeyRef ? 'Secret' : 'ConfigMap', reference.name);
    return data?.[reference.key] === undefined
      ? [`${id}: ${name} wants ${reference.key} of ${reference.name}, which is not there`]
      : [];
  });
  return [...sources, ...keys];
}

function serviceReferences(manifests: readonly Manifest[], all: readonly Workload[]): string[] {
  const findings = ofKind(manifests, 'Service').flatMap(({ metadata, spec }) => {
    const chosen = all.filter(({ labels }) => selects({ matchLabels: spec?.selector ?? {} }, labels));
    if (chosen.length !== 1)
      return [`Service/${metadata.name}: chooses ${chosen.map(({ id }) => id).join(', ') || 'no pods'}`];
    const ports = chosen.flatMap(({ container }) =>
      (container.ports ?? []).map(({ name, containerPort }) => name ?? containerPort),
    );
    return (spec?.ports ?? [])
      .filter(({ targetPort, port }) => !ports.includes(targetPort ?? port))
      .map(({ targetPort, port }) => `Service/${metadata.name}: its pods have no port ${targetPort ?? port}`);
  });
  const names = ofKind(manifests, 'Service').map(({ metadata }) => metadata.name);
  const unserved = all
    .filter(({ name, kind }) => kind !== 'Job' && !names.includes(name))
    .map(({ id }) => `${id}: has no Service`);
  return [...findings, ...unserved];
}

function ingressReferences(manifests: readonly Manifest[]): string[] {
  const paths = ofKind(manifests, 'Ingress').flatMap(({ spec }) =>
    (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []),
  );
  return paths.flatMap(({ path, backend }) => {
    const service = ofKind(manifests, 'Service').find(
      ({ metadata }) => metadata.name === backend.service?.name,
    );
    const port = service?.spec?.ports?.find(({ name }) => name === backend.service?.port?.name);
    return port
      ? []
      : [
          `Ingress: ${path} leads to ${backend.service?.name}:${backend.service?.port?.name},` +
            ' which is missing',
        ];
  });
}

function targetReferences(manifests: readonly Manifest[]): string[] {
  const scalers = [...ofKind(manifests, 'HorizontalPodAutoscaler'), ...ofKind(manifests, 'ScaledObject')];
  return scalers.flatMap(({ kind, metadata, spec }) => {
    const target = ofKind(manifests, 'Deployment').find(
      ({ metadata: { name } }) => name === spec?.scaleTargetRef.name,
    );
    if (!target) return [`${kind}/${metadata.name}: no Deployment ${spec?.scaleTargetRef.name}`];
    // Every `kubectl apply` would reset it.
    return target.spec?.replicas === undefined
      ? []
      : [`${kind}/${metadata.name}: the Deployment says a number of replicas itself`];
  });
}

function guardReferences(manifests: readonly Manifest[], all: readonly Workload[]): string[] {
  const budgets = ofKind(manifests, 'PodDisruptionBudget').flatMap(({ metadata, spec }) => {
    const chosen = all.filter(({ labels }) => selects(spec?.selector, labels));
    return chosen.length === 1 && chosen[0]?.kind === 'Deployment'
      ? []
      : [`PodDisruptionBudget/${metadata.name}: does not choose one Deployment`];
  });
  const spreads = all.flatMap(({ id, labels, spec }) =>
    (spec.topologySpreadConstraints ?? [])
      .filter(({ labelSelector }) => !selects(labelSelector, labels))
      .map(({ topologyKey }) => `${id}: its spread over ${topologyKey} does not choose itself`),
  );
  return [...budgets, ...spreads];
}

function namespaces(manifests: readonly Manifest[]): string[] {
  const [namespace] = manifests
    .filter(({ kind }) => kind === 'Namespace')
    .map(({ metadata }) => metadata.name);
  if (!namespace) return [];
  return manifests
    .filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== namespace)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}: not in ${namespace}`);
}
