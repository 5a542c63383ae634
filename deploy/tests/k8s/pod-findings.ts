import { Metrics } from '@parley/metrics';
import { healthRouter, metricsRouter } from '../../../libs/service/src/health.ts';
import { type Manifest, ofKind, serviceIn, type Workload, workloads } from './manifest.ts';
import { mebibytes } from './quantities.ts';
import { environmentOf, settingsOf } from './settings-findings.ts';

/** Paths that every service has in addition to its routes. */
const served = [
  healthRouter({ services: [], isStopping: () => false }),
  metricsRouter(new Metrics()),
].flatMap(({ stack }) => stack.flatMap(({ route }) => route?.path ?? []));

/**
 * Time to disconnect from broker and database (5 s) plus a margin, as the settings' documentation
 * requires before a forced kill.
 */
const goodbyeSeconds = 6;
const share = { heapOfMemory: 0.75, drainOfShutdown: 0.8 };

/**
 * Pods with too many rights, too little time to stop, wrong probes, or more memory than their
 * limit.
 */
export function podFindings(manifests: readonly Manifest[]): string[] {
  return workloads(manifests).flatMap((workload) => {
    const service = serviceIn(workload);
    const findings = [...privileges(workload), ...resources(workload, manifests)];
    if (service) findings.push(...rootFileSystem(workload));
    if (service && workload.kind === 'Deployment') {
      findings.push(
        ...probes(workload, manifests),
        ...grace(workload, manifests),
        ...rollout(workload, manifests),
      );
    }
    return findings.map((finding) => `${workload.id}: ${finding}`);
  });
}

const where = (findings: Record<string, boolean>) =>
  Object.entries(findings)
    .filter(([, found]) => found)
    .map(([finding]) => finding);

function privileges({ spec, container }: Workload): string[] {
  const { securityContext: pod } = spec;
  const { securityContext: own } = container;
  return where({
    'may run as root': pod?.runAsNonRoot !== true || !pod.runAsUser,
    'is not held to the default system calls': pod?.seccompProfile?.type !== 'RuntimeDefault',
    'may gain privileges': own?.allowPrivilegeEscalation !== false,
    'keeps capabilities': own?.capabilities?.drop?.join() !== 'ALL' || own.capabilities.add !== undefined,
    'gets a token for the cluster': spec.automountServiceAccountToken !== false,
    'has the addresses of Services among its settings': spec.enableServiceLinks !== false,
    'has more than one container': spec.containers.length !== 1,
  });
}

const rootFileSystem = ({ container }: Workload) =>
  where({ 'can write its root file system': container.securityContext?.readOnlyRootFilesystem !== true });

function resources(workload: Workload, manifests: readonly Manifest[]): string[] {
  const { requests, limits } = workload.container.resources ?? {};
  const heap = /--max-old-space-size=(\d+)/.exec(environmentOf(workload, manifests).NODE_OPTIONS ?? '')?.[1];
  return where({
    'requests no processor time': !requests?.cpu,
    'has no memory of its own': !(mebibytes(limits?.memory) > 0) || requests?.memory !== limits?.memory,
    'may fill its memory with its heap':
      serviceIn(workload) !== undefined && !(Number(heap) <= share.heapOfMemory * mebibytes(limits?.memory)),
  });
}

function probes(workload: Workload, manifests: readonly Manifest[]): string[] {
  const { container, annotations } = workload;
  const { startupProbe, livenessProbe, readinessProbe, ports = [] } = container;
  const [port, metrics] = ['http', 'metrics'].map((wanted) => ports.find(({ name }) => name === wanted));
  const reaches = (probe: typeof startupProbe, path: string) =>
    served.includes(path) && probe?.httpGet?.path === path && probe.httpGet.port === port?.name;
  const listens = environmentOf(workload, manifests);
  return where({
    'has a wrong startup probe': !reaches(startupProbe, '/healthz'),
    'has a wrong liveness probe': !reaches(livenessProbe, '/healthz'),
    'has a wrong readiness probe': !reaches(readinessProbe, '/readyz'),
    'does not listen where its port is':
      listens.PORT !== String(port?.containerPort) || listens.HOST !== '0.0.0.0',
    'hides its metrics':
      !served.includes(annotations['prometheus.io/path'] ?? '') ||
      annotations['prometheus.io/port'] !== String(metrics?.containerPort) ||
      listens.METRICS_PORT !== String(metrics?.containerPort),
    'publishes its metrics': metrics?.containerPort === port?.containerPort,
  });
}

function grace(workload: Workload, manifests: readonly Manifest[]): string[] {
  const service = serviceIn(workload);
  if (!service) return [];
  const { STOP_GRACE, SHUTDOWN_TIMEOUT, DRAIN_WINDOW = 0 } = settingsOf(service, workload, manifests);
  const needed = (STOP_GRACE + SHUTDOWN_TIMEOUT) / 1_000 + goodbyeSeconds;
  const deployment = ofKind(manifests, 'Deployment').find(({ metadata }) => metadata.name === workload.name);
  return where({
    [`is killed before the ${needed} s are over that it may take to stop`]: !(
      Number(workload.spec.terminationGracePeriodSeconds) >= needed
    ),
    'leaves no time after its drain': DRAIN_WINDOW > share.drainOfShutdown * SHUTDOWN_TIMEOUT,
    'drains together with the next':
      DRAIN_WINDOW > 0 && !(Number(deployment?.spec?.minReadySeconds) * 1_000 >= STOP_GRACE + DRAIN_WINDOW),
  });
}

function rollout({ name, spec }: Workload, manifests: readonly Manifest[]): string[] {
  const deployment = ofKind(manifests, 'Deployment').find(({ metadata }) => metadata.name === name);
  const { maxUnavailable, maxSurge } = deployment?.spec?.strategy?.rollingUpdate ?? {};
  const spreads = (spec.topologySpreadConstraints ?? []).map(({ topologyKey }) => topologyKey);
  return where({
    'is taken away before its successor is ready': maxUnavailable !== 0 || !maxSurge,
    'is not spread over zones and nodes':
      !spreads.includes('topology.kubernetes.io/zone') || !spreads.includes('kubernetes.io/hostname'),
  });
}
