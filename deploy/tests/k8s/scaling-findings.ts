import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partitionCount } from '@parley/contracts';
import { Metrics } from '@parley/metrics';
import { commonSettings } from '@parley/runtime';
import { parse } from 'yaml';
import { GatewayMetrics } from '../../../services/gateway/src/gateway-metrics.ts';
import { WriterMetrics } from '../../../services/messages/src/consumers/writer-metrics.ts';
import { selectorsOf } from '../observability/promql.ts';
import { type Manifest, type Of, ofKind, workloads } from './manifest.ts';
import { processors } from './quantities.ts';
import { folder } from './render.ts';
import { environmentOf } from './settings-findings.ts';

interface AdapterRules {
  rules: { custom: { seriesQuery: string; name: { as: string } }[] };
}

/** A process has one thread, so it never uses more of a processor than this for long. */
const mostOfProcessor = 0.8;

/**
 * Scaling by numbers that nothing reports or that are never reached, to more replicas than have
 * work, or that disconnects clients more often than necessary.
 */
export function scalingFindings(manifests: readonly Manifest[]): string[] {
  return [
    ...ofKind(manifests, 'HorizontalPodAutoscaler').flatMap(({ metadata: { name }, spec }) => {
      const target = spec?.scaleTargetRef.name ?? '';
      const metrics = (spec?.metrics ?? []).flatMap(({ pods }) => pods?.metric.name ?? []);
      const down = spec?.behavior?.scaleDown;
      const hasty =
        Number(down?.stabilizationWindowSeconds ?? 0) < 600 ||
        (down?.policies ?? []).some(
          ({ type, value, periodSeconds }) => type !== 'Pods' || value > 1 || periodSeconds < 60,
        );
      return [
        ...metrics
          .filter((metric) => !gatewayMetrics().includes(metric))
          .map((metric) => `${name}: gateways have no metric ${metric}`),
        ...metrics
          .filter((metric) => !adapterMetrics().includes(metric))
          .map((metric) => `${name}: the adapter tells no ${metric}`),
        ...(spec?.metrics ?? [])
          .flatMap(({ resource }) => resource?.target.averageUtilization ?? [])
          .filter((percent) => (percent / 100) * requested(manifests, target) > mostOfProcessor)
          .map((percent) => `${name}: never uses ${percent} % of its request`),
        ...(hasty || !down?.policies?.length ? [`${name}: scales down hastily`] : []),
        ...(Number(spec?.minReplicas ?? 1) < 2 ? [`${name}: may leave one alone`] : []),
        ...(Number(spec?.maxReplicas) > usefulReplicas(manifests, target)
          ? [`${name}: more replicas than partitions`]
          : []),
      ];
    }),
    ...ofKind(manifests, 'ScaledObject').flatMap((scaler) => [
      ...queryFindings(scaler),
      ...(scaler.spec.maxReplicaCount <= usefulReplicas(manifests, scaler.spec.scaleTargetRef.name)
        ? []
        : [`${scaler.metadata.name}: more replicas than partitions`]),
    ]),
  ];
}

/** Processors that a pod of the workload requests. */
const requested = (manifests: readonly Manifest[], name: string): number =>
  processors(
    workloads(manifests).find((workload) => workload.name === name)?.container.resources?.requests?.cpu,
  );

/** The replicas that have a partition each; of services without partitions, any number. */
function usefulReplicas(manifests: readonly Manifest[], name: string): number {
  const partitions = timelinePartitions(environmentOfTarget(manifests, name));
  if (name === 'messages-writer') return partitionCount('submissions', partitions);
  if (name === 'notifications') return partitionCount('timeline', partitions);
  return Number.POSITIVE_INFINITY;
}

function gatewayMetrics(): string[] {
  const metrics = new Metrics();
  new GatewayMetrics(metrics).watch({
    connections: () => [],
    pendingSubmissions: () => 0,
    redis: () => ({}),
    forwards: () => ({}),
  });
  return metrics.registry.getMetricsAsArray().map(({ name }) => name);
}

function adapterMetrics(): string[] {
  const { rules } = parse(
    readFileSync(join(folder, 'examples/prometheus-adapter.yaml'), 'utf8'),
  ) as AdapterRules;
  return rules.custom
    .filter(({ seriesQuery, name }) => seriesQuery.startsWith(`${name.as}{`))
    .map(({ name }) => name.as);
}

const timelinePartitions = ({ TIMELINE_PARTITIONS }: Record<string, string | undefined>) =>
  commonSettings.TIMELINE_PARTITIONS.parse(TIMELINE_PARTITIONS);

function environmentOfTarget(
  manifests: readonly Manifest[],
  name: string,
): Record<string, string | undefined> {
  const target = workloads(manifests).find((workload) => workload.name === name);
  return target ? environmentOf(target, manifests) : {};
}

/** The trigger must query what writers report, in its own namespace, and divide by the replicas. */
function queryFindings({ metadata: { name, namespace }, spec: { triggers } }: Of<'ScaledObject'>): string[] {
  return triggers.flatMap(({ metricType, metadata: { query, threshold } }) => [
    ...selectorsOf(query)
      .filter(({ metric }) => !writerMetrics().includes(metric.replace(/_(sum|count|bucket)$/, '')))
      .map(({ metric }) => `${name}: messages has no metric ${metric}`),
    ...(query.includes(`namespace="${namespace}"`) ? [] : [`${name}: queries other namespaces`]),
    ...(metricType === 'AverageValue' && Number(threshold) <= mostOfProcessor
      ? []
      : [`${name}: a replica never reaches its threshold`]),
  ]);
}

function writerMetrics(): string[] {
  const metrics = new Metrics();
  new WriterMetrics(metrics);
  return metrics.registry.getMetricsAsArray().map(({ name }) => name);
}
