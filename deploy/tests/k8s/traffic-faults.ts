import type { Fault } from './object-faults.ts';

const trigger = ['spec', 'triggers', 0] as const;
const paths = ['spec', 'rules', 0, 'http', 'paths'] as const;
const component = 'app.kubernetes.io/component';

const catchAll = {
  path: '/',
  pathType: 'Prefix',
  backend: { service: { name: 'gateway', port: { name: 'http' } } },
};
const annotation = (key: string) => ['metadata', 'annotations', key] as const;
export const routingFaults: readonly Fault[] = [
  ['Ingress/parley', [...paths, 0], undefined, '/api/v1/sync goes to nobody, not to messages'],
  ['Ingress/parley', [...paths, 8], catchAll, '/metrics goes to gateway, not to nobody'],
  [
    'Ingress/parley',
    [...paths, 6, 'path'],
    '/(api/v1/)?notifications$',
    'goes to nobody, not to notifications',
  ],
  [
    'Ingress/parley',
    [...paths, 5, 'path'],
    '/(api/chat|users?|user/update-password|group|conversations|x|yyyyyyyyyyyyyyyy)(/|$)',
    'goes to directory, not to auth',
  ],
  [
    'Ingress/parley',
    annotation('nginx.ingress.kubernetes.io/use-regex'),
    undefined,
    'paths are not taken for regular expressions',
  ],
  [
    'Ingress/parley',
    annotation('nginx.org/path-regex'),
    'case_sensitive',
    'regular expressions without case',
  ],
  [
    'Ingress/parley',
    annotation('nginx.org/proxy-read-timeout'),
    '30s',
    'nginx.org/proxy-read-timeout closes connections',
  ],
];

const scaleDown = ['spec', 'behavior', 'scaleDown'] as const;
export const scalingFaults: readonly Fault[] = [
  [
    'HorizontalPodAutoscaler/gateway',
    ['spec', 'metrics', 0, 'pods', 'metric', 'name'],
    'parley_connections',
    'gateways have no metric parley_connections',
  ],
  [
    'HorizontalPodAutoscaler/gateway',
    ['spec', 'metrics', 0, 'pods', 'metric', 'name'],
    'parley_gateway_gaps_total',
    'the adapter tells no',
  ],
  [
    'HorizontalPodAutoscaler/gateway',
    [...scaleDown, 'stabilizationWindowSeconds'],
    60,
    'scales down hastily',
  ],
  ['HorizontalPodAutoscaler/gateway', [...scaleDown, 'policies', 0, 'value'], 5, 'scales down hastily'],
  ['HorizontalPodAutoscaler/gateway', ['spec', 'minReplicas'], 1, 'may leave one alone'],
  [
    'ScaledObject/messages',
    [...trigger, 'metadata', 'queueName'],
    'parley.timeline.messages',
    'counts no queue',
  ],
  [
    'ScaledObject/messages',
    [...trigger, 'metadata', 'queueName'],
    '^parley[.]submissions[.]messages[.][0-2]$',
    'counts parley.submissions.messages.0',
  ],
  ['ConfigMap/settings', ['data', 'NAMESPACE'], 'other', 'counts no queue'],
  ['ScaledObject/messages', ['spec', 'maxReplicaCount'], 65, 'more replicas than partitions'],
];

const anywhere = { ipBlock: { cidr: '0.0.0.0/0' } };
export const policyFaults: readonly Fault[] = [
  ['NetworkPolicy/nothing-by-default', ['spec', 'policyTypes'], ['Egress'], 'anyone → migrate-auth'],
  [
    'NetworkPolicy/nothing-by-default',
    ['spec', 'podSelector'],
    { matchLabels: { [component]: 'service' } },
    'anyone → migrate-auth',
  ],
  [
    'NetworkPolicy/services-use-postgres',
    ['spec', 'podSelector', 'matchExpressions'],
    undefined,
    'gateway → 10.20.0.0/24:5432',
  ],
  [
    'NetworkPolicy/fan-out-uses-redis',
    ['spec', 'podSelector', 'matchExpressions'],
    undefined,
    'auth → 10.20.2.0/24:6379',
  ],
  [
    'NetworkPolicy/services-use-rabbitmq',
    ['spec', 'podSelector', 'matchExpressions'],
    undefined,
    'web → 10.20.1.0/24:5671',
  ],
  ['NetworkPolicy/services-use-rabbitmq', ['spec', 'egress', 0, 'to', 1], anywhere, 'auth → 0.0.0.0/0:5671'],
  [
    'NetworkPolicy/services-use-rabbitmq',
    ['spec', 'egress', 0, 'ports'],
    undefined,
    'auth → 10.20.1.0/24:any port',
  ],
  [
    'NetworkPolicy/prometheus-reads-metrics',
    ['spec', 'ingress', 0, 'from', 0, 'namespaceSelector'],
    {},
    'prometheus → auth:8080',
  ],
  ['NetworkPolicy/prometheus-reads-metrics', ['spec', 'ingress', 0, 'from'], undefined, 'anyone → auth:8080'],
  [
    'NetworkPolicy/everyone-asks-dns',
    ['spec', 'podSelector'],
    { matchLabels: { [component]: 'service' } },
    'lacks: migrate-auth → kube-system/kube-dns:53',
  ],
];
