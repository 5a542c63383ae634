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
  ['Ingress/parley', [...paths, 0], undefined, '/api/v1/sync goes to web, not to messages'],
  ['Ingress/parley', [...paths, 8], catchAll, '/nothing/here goes to gateway, not to web'],
  ['Ingress/parley', [...paths, 8], undefined, '/rooms goes to nobody, not to web'],
  ['Ingress/parley', [...paths, 5, 'path'], '/(api/v1/)?notifications$', 'goes to web, not to notifications'],
  [
    'Ingress/parley',
    [...paths, 4, 'path'],
    '/(api/chat|users?|user/update-password|group|conversations|x|yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy)(/|$)',
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
    [...trigger, 'metadata', 'query'],
    'sum(rate(parley_messages_batch_seconds_sum{namespace="parley"}[2m]))',
    'messages has no metric parley_messages_batch_seconds_sum',
  ],
  [
    'ScaledObject/messages',
    [...trigger, 'metadata', 'query'],
    'sum(rate(parley_messages_batch_duration_seconds_sum[2m]))',
    'queries other namespaces',
  ],
  ['ScaledObject/messages', [...trigger, 'metadata', 'threshold'], '1.5', 'never reaches its threshold'],
  ['ScaledObject/messages', [...trigger, 'metricType'], 'Value', 'never reaches its threshold'],
  ['ScaledObject/messages', ['spec', 'maxReplicaCount'], 65, 'more replicas than partitions'],
  ['HorizontalPodAutoscaler/notifications', ['spec', 'maxReplicas'], 5, 'more replicas than partitions'],
  [
    'HorizontalPodAutoscaler/directory',
    ['spec', 'metrics', 0, 'resource', 'target', 'averageUtilization'],
    400,
    'directory: never uses 400 % of its request',
  ],
];

export const gatewayFaults: readonly Fault[] = [
  ['Ingress/parley', annotation('nginx.org/lb-method'), undefined, 'round_robin moves clients'],
  ['Ingress/parley', annotation('nginx.org/lb-method'), 'random', 'random moves clients'],
  ['ConfigMap/gateway-settings', ['data', 'DRAIN_WINDOW'], '50s', 'cannot accept its clients'],
  [
    'Deployment/gateway',
    ['spec', 'strategy', 'rollingUpdate', 'maxSurge'],
    '12%',
    '18 that drain at a time exceed the budget of handshakes',
  ],
  ['ConfigMap/gateway-settings', ['data', 'MAX_CONNECTIONS'], '9000', 'is full before'],
  ['ConfigMap/gateway-settings', ['data', 'MAX_CONNECTIONS'], '25000', 'for MAX_CONNECTIONS'],
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
    'prometheus → auth:9464',
  ],
  ['NetworkPolicy/prometheus-reads-metrics', ['spec', 'ingress', 0, 'from'], undefined, 'anyone → auth:9464'],
  [
    'NetworkPolicy/everyone-asks-dns',
    ['spec', 'podSelector'],
    { matchLabels: { [component]: 'service' } },
    'lacks: migrate-auth → kube-system/kube-dns:53',
  ],
];
