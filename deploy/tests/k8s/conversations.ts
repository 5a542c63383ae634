import { type Manifest, type Of, ofKind, selects, type Workload, workloads } from './manifest.ts';

type Policy = Of<'NetworkPolicy'>;
type Direction = 'Egress' | 'Ingress';
interface Rule {
  peers: readonly Peer[];
  ports: readonly string[];
}
type Peer = NonNullable<
  NonNullable<NonNullable<NonNullable<Policy['spec']>['egress']>[number]['to']>[number]
>;

/**
 * The connections that the NetworkPolicies allow: `auth → postgres:5432`, with the names of pods,
 * or of outside namespaces and address ranges. Both pods of a connection must allow it. A pod
 * without policies connects to `anyone` and accepts connections from `anyone`.
 */
export function conversations(manifests: readonly Manifest[]): string[] {
  const all = workloads(manifests);
  const policies = ofKind(manifests, 'NetworkPolicy');
  const found = all.flatMap((pod) => [...outgoing(pod, all, policies), ...incoming(pod, policies)]);
  return [...new Set(found)].sort();
}

/** undefined: nothing is restricted. */
function rulesOf(pod: Workload, direction: Direction, policies: readonly Policy[]): Rule[] | undefined {
  const mine = policies.filter(
    ({ spec }) => selects(spec?.podSelector, pod.labels) && spec?.policyTypes?.includes(direction),
  );
  if (mine.length === 0) return undefined;
  return mine.flatMap(({ spec }) =>
    direction === 'Egress'
      ? (spec?.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports: namesOf(ports) }))
      : (spec?.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports: namesOf(ports) })),
  );
}

const anyPort = 'any port';

/** A rule without ports allows all. */
const namesOf = (ports: readonly { protocol?: string; port?: string | number }[]) =>
  ports.length > 0
    ? ports.map(({ protocol, port }) => `${port ?? anyPort}${protocol === 'UDP' ? '/udp' : ''}`)
    : [anyPort];

/** Resolves a named port to its number in this pod. */
const numbered = (pod: Workload, port: string) =>
  String(pod.container.ports?.find(({ name }) => name === port)?.containerPort ?? `${port}`);

const isHere = (peer: Peer) => !peer.namespaceSelector && !peer.ipBlock;

const outside = ({ namespaceSelector, podSelector, ipBlock }: Peer) => {
  const labels = [
    ...Object.values(namespaceSelector?.matchLabels ?? {}),
    ...Object.values(podSelector?.matchLabels ?? {}),
  ];
  const { cidr, except = [] } = ipBlock ?? {};
  if (cidr) return [cidr, ...except].join(' without ');
  return labels.join('/') || 'anyone';
};

function outgoing(pod: Workload, all: readonly Workload[], policies: readonly Policy[]): string[] {
  const rules = rulesOf(pod, 'Egress', policies);
  if (!rules) return [`${pod.name} → anyone`];
  return rules.flatMap(({ peers, ports }) =>
    (peers.length > 0 ? peers : [{ namespaceSelector: {} }]).flatMap((peer) =>
      ports.flatMap((port) => {
        if (!isHere(peer)) return [`${pod.name} → ${outside(peer)}:${port}`];
        return all
          .filter((other) => selects(peer.podSelector, other.labels) && accepts(other, pod, port, policies))
          .map((other) => `${pod.name} → ${other.name}:${numbered(other, port)}`);
      }),
    ),
  );
}

function accepts(pod: Workload, from: Workload, port: string, policies: readonly Policy[]): boolean {
  const rules = rulesOf(pod, 'Ingress', policies);
  return (
    !rules ||
    rules.some(
      ({ peers, ports }) =>
        ports.some((allowed) => [anyPort, numbered(pod, port)].includes(numbered(pod, allowed))) &&
        peers.some((peer) => isHere(peer) && selects(peer.podSelector, from.labels)),
    )
  );
}

function incoming(pod: Workload, policies: readonly Policy[]): string[] {
  const rules = rulesOf(pod, 'Ingress', policies);
  if (!rules) return [`anyone → ${pod.name}`];
  return rules.flatMap(({ peers, ports }) =>
    (peers.length > 0 ? peers : [{ namespaceSelector: {} }])
      .filter((peer) => !isHere(peer))
      .flatMap((peer) => ports.map((port) => `${outside(peer)} → ${pod.name}:${numbered(pod, port)}`)),
  );
}
