import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partitionCount, type Topic, topics } from '@parley/contracts';
import { Metrics } from '@parley/metrics';
import { commonSettings } from '@parley/runtime';
import { parse } from 'yaml';
import { Names } from '../../../libs/bus/src/rabbit/topology.ts';
import { GatewayMetrics } from '../../../services/gateway/src/gateway-metrics.ts';
import { type Manifest, ofKind, workloads } from './manifest.ts';
import { folder } from './render.ts';
import { environmentOf } from './settings-findings.ts';

interface AdapterRules {
  rules: { custom: { seriesQuery: string; name: { as: string } }[] };
}

/**
 * Scaling by numbers that nothing reports, or that disconnects clients more often than necessary.
 */
export function scalingFindings(manifests: readonly Manifest[]): string[] {
  return [
    ...ofKind(manifests, 'HorizontalPodAutoscaler').flatMap(({ metadata, spec }) => {
      const metrics = (spec?.metrics ?? []).flatMap(({ pods }) => pods?.metric.name ?? []);
      const down = spec?.behavior?.scaleDown;
      const hasty =
        Number(down?.stabilizationWindowSeconds ?? 0) < 600 ||
        (down?.policies ?? []).some(
          ({ type, value, periodSeconds }) => type !== 'Pods' || value > 1 || periodSeconds < 60,
        );
      return [
        ...metrics
          .filter((name) => !gatewayMetrics().includes(name))
          .map((name) => `${metadata.name}: gateways have no metric ${name}`),
        ...metrics
          .filter((name) => !adapterMetrics().includes(name))
          .map((name) => `${metadata.name}: the adapter tells no ${name}`),
        ...(hasty || !down?.policies?.length ? [`${metadata.name}: scales down hastily`] : []),
        ...(Number(spec?.minReplicas ?? 1) < 2 ? [`${metadata.name}: may leave one alone`] : []),
      ];
    }),
    ...ofKind(manifests, 'ScaledObject').flatMap(({ metadata, spec }) => [
      ...queueFindings(manifests, metadata.name, spec.triggers),
      ...(spec.maxReplicaCount <= timelinePartitions(environmentOfTarget(manifests, metadata.name))
        ? []
        : [`${metadata.name}: more replicas than partitions`]),
    ]),
  ];
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

/** The trigger must count exactly the queues of the submissions. */
function queueFindings(
  manifests: readonly Manifest[],
  name: string,
  triggers: readonly { metadata: { queueName: string } }[],
): string[] {
  const environment = environmentOfTarget(manifests, name);
  const names = new Names(environment.NAMESPACE ?? '');
  const queuesOf = (topic: Topic, group: string) =>
    Array.from({ length: partitionCount(topic, timelinePartitions(environment)) }, (_, partition) =>
      names.queue(topic, group, partition),
    );
  const queues = Object.entries(topics).flatMap(([topic, { groups }]) =>
    groups.flatMap((group) => queuesOf(topic as Topic, group)),
  );
  const wanted = queuesOf('submissions', 'messages');
  return triggers.flatMap(({ metadata: { queueName } }) => {
    const counted = [...queues, ...topics.submissions.groups.map((group) => names.dead(group))].filter(
      (queue) => new RegExp(queueName).test(queue),
    );
    return counted.join() === wanted.join() ? [] : [`${name}: counts ${counted.join(', ') || 'no queue'}`];
  });
}
