import { gatewayConfig } from '@parley/gateway';
import { loadConfig } from '@parley/runtime';
import { constant } from '../operations/sizing-constants.ts';
import { type Manifest, ofKind, type Workload, workloads } from './manifest.ts';
import { mebibytes } from './quantities.ts';
import { environmentOf } from './settings-findings.ts';

/** For buffers of slow clients, garbage and bursts, on top of the formula. */
const memoryReserve = 1.25;

/**
 * Gateways that reconnect clients more often or faster than necessary, or whose memory has no room
 * for all of their connections. The numbers are those of operations.md.
 */
export function gatewayFindings(manifests: readonly Manifest[]): string[] {
  const gateway = workloads(manifests).find(({ id }) => id === 'Deployment/gateway');
  return gateway ? [...balancing(manifests), ...sizes(gateway, manifests)] : [];
}

function balancing(manifests: readonly Manifest[]): string[] {
  return ofKind(manifests, 'Ingress').flatMap(({ metadata }) => {
    const { annotations = {} } = metadata as { annotations?: Record<string, string> };
    const method = annotations['nginx.org/lb-method'] ?? 'round_robin';
    return /^(least_conn|hash \S+ consistent)$/.test(method)
      ? []
      : [`Ingress: ${method} moves clients to gateways that will be replaced next`];
  });
}

function sizes(gateway: Workload, manifests: readonly Manifest[]): string[] {
  const { MAX_CONNECTIONS, DRAIN_WINDOW, HANDSHAKE_RATE } = loadConfig(
    gatewayConfig,
    environmentOf(gateway, manifests),
  );
  const { average, replicas } = scaling(manifests);
  const perSecond = (connections: number) => connections / (DRAIN_WINDOW / 1_000);
  const draining = surge(gateway, manifests, replicas);
  const accepted = HANDSHAKE_RATE === 'off' ? Number.POSITIVE_INFINITY : perWindow(HANDSHAKE_RATE);
  const budget = constant('directoryQueriesPerSecond') / constant('directoryQueriesPerHandshake');
  const wanted = wantedMebibytes(MAX_CONNECTIONS);
  const limit = mebibytes(gateway.container.resources?.limits?.memory);
  return [
    ...(perSecond(MAX_CONNECTIONS) <= accepted
      ? []
      : ['gateway: its successor cannot accept its clients within DRAIN_WINDOW']),
    ...(perSecond(draining * average) <= budget
      ? []
      : [`gateway: ${draining} that drain at a time exceed the budget of handshakes`]),
    ...(MAX_CONNECTIONS >= average ? [] : ['gateway: is full before the autoscaler adds another']),
    ...(limit >= wanted ? [] : [`gateway: needs ${Math.ceil(wanted)}Mi for MAX_CONNECTIONS`]),
  ];
}

const perWindow = ({ limit, windowMs }: { limit: number; windowMs: number }) => limit / (windowMs / 1_000);

/** Megabytes of the formula in k8s/README.md. */
const formulaMegabytes = (connections: number): number =>
  constant('mbPerGateway') +
  (connections * (constant('kBPerConnection') + constant('roomsPerUser') * constant('kBPerRoom'))) / 1_000;

const wantedMebibytes = (connections: number) =>
  (memoryReserve * formulaMegabytes(connections) * 1e6) / 1_024 ** 2;

/** The connections per gateway, and the most gateways, that the autoscaler aims at. */
function scaling(manifests: readonly Manifest[]): { average: number; replicas: number } {
  const scaler = ofKind(manifests, 'HorizontalPodAutoscaler').find(
    ({ metadata }) => metadata.name === 'gateway',
  );
  const average = scaler?.spec?.metrics?.flatMap(({ pods }) => pods?.target.averageValue ?? [])[0];
  return { average: Number(average ?? 0), replicas: scaler?.spec?.maxReplicas ?? 1 };
}

function surge({ name }: Workload, manifests: readonly Manifest[], replicas: number): number {
  const deployment = ofKind(manifests, 'Deployment').find(({ metadata }) => metadata.name === name);
  const { maxSurge = 1 } = deployment?.spec?.strategy?.rollingUpdate ?? {};
  const text = String(maxSurge);
  return text.endsWith('%') ? Math.ceil((replicas * Number.parseInt(text, 10)) / 100) : Number(text);
}
