import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import type { IService } from 'kubernetes-models/v1/Service';
import type { ScaledObject } from './custom-resources.ts';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

interface Kinds {
  ConfigMap: IConfigMap;
  Deployment: IDeployment;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  Ingress: IIngress;
  Job: IJob;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  ScaledObject: ScaledObject;
  Secret: ISecret;
  Service: IService;
  StatefulSet: IStatefulSet;
}

export type Of<K extends keyof Kinds> = Kinds[K] & Manifest;

/** Their form is checked by the schemas (`schema-findings.ts`). */
export const ofKind = <K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): Of<K>[] =>
  manifests.filter((manifest) => manifest.kind === kind) as unknown as Of<K>[];

export type Labels = Record<string, string>;

/** The kinds that create pods. */
export interface Workload {
  /** `Deployment/auth` */
  id: string;
  name: string;
  kind: 'Deployment' | 'StatefulSet' | 'Job';
  labels: Labels;
  annotations: Labels;
  spec: IPodSpec;
  container: IContainer;
}

export function workloads(manifests: readonly Manifest[]): Workload[] {
  return (['Deployment', 'StatefulSet', 'Job'] as const).flatMap((kind) =>
    ofKind(manifests, kind).map(({ metadata, spec: { template } = { template: {} } }) => {
      const container = template.spec?.containers[0];
      if (!template.spec || !container) throw new Error(`${kind}/${metadata.name} has no container`);
      const { labels = {}, annotations = {} } = template.metadata ?? {};
      return {
        id: `${kind}/${metadata.name}`,
        name: metadata.name,
        kind,
        labels,
        annotations,
        spec: template.spec,
        container,
      };
    }),
  );
}

export const services = [
  'auth',
  'directory',
  'messages',
  'notifications',
  'hooks',
  'gateway',
  'web',
] as const;
export type ServiceName = (typeof services)[number];

/** The service whose program the pod runs; undefined for an engine. */
export const serviceIn = ({ container }: Workload): ServiceName | undefined =>
  services.find((service) => container.image?.split('/').at(-1)?.split(':')[0] === `parley-${service}`);

interface Selector {
  matchLabels?: Labels;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

/** An empty selector matches everything. @throws for operators that are not used here */
export function selects(selector: Selector | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== 'In') throw new Error(`selects() knows no ${operator}`);
      return values.includes(labels[key] ?? '');
    })
  );
}
