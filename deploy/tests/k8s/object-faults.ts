import type { Path } from './changed.ts';

/** A change (`undefined`: a removal) and the finding that it must cause. */
export type Fault = readonly [id: string, path: Path, value: unknown, finding: string];

const pod = ['spec', 'template', 'spec'] as const;
const container = [...pod, 'containers', 0] as const;
const reference = ['valueFrom', 'secretKeyRef', 'key'] as const;
const trigger = ['spec', 'triggers', 0] as const;
const paths = ['spec', 'rules', 0, 'http', 'paths'] as const;
const name = 'app.kubernetes.io/name';
const component = 'app.kubernetes.io/component';

export const schemaFaults: readonly Fault[] = [
  ['Deployment/auth', ['spec', 'replica'], 2, 'Deployment/auth: /spec/replica is no field'],
  [
    'Deployment/auth',
    [...container, 'readynessProbe'],
    {},
    '/spec/template/spec/containers/0/readynessProbe is no field',
  ],
  ['Deployment/auth', [...container, 'env', 'AMQP_URL', 'from'], 'x', '/from is no field'],
  [
    'NetworkPolicy/everyone-asks-dns',
    ['spec', 'egress', 0, 'ports', 0, 'prot'],
    'UDP',
    '/spec/egress/0/ports/0/prot is no field',
  ],
  [
    'HorizontalPodAutoscaler/gateway',
    ['spec', 'behavior', 'scaleDown', 'stabilise'],
    1,
    '/scaleDown/stabilise is no field',
  ],
  ['Job/migrate-auth', [...pod, 'restart'], 'Never', '/spec/template/spec/restart is no field'],
  ['ScaledObject/messages', [...trigger, 'metadata', 'address'], 'x', 'Unrecognized key: "address"'],
  [
    'Deployment/auth',
    [...pod, 'terminationGracePeriodSeconds'],
    '35',
    'terminationGracePeriodSeconds must be integer',
  ],
  ['Service/auth', ['spec', 'ports', 0, 'port'], undefined, 'must have required property port'],
  ['Deployment/auth', ['apiVersion'], 'apps/v2', 'no schema for apps/v2 Deployment'],
];

export const settingsFaults: readonly Fault[] = [
  ['ConfigMap/settings', ['data', 'LOG_LEVL'], 'info', 'Deployment/auth: LOG_LEVL is no setting of auth'],
  [
    'ConfigMap/settings',
    ['data', 'DATABASE_POOL'],
    '5',
    'Deployment/gateway: DATABASE_POOL is no setting of gateway',
  ],
  ['ConfigMap/gateway-settings', ['data', 'DRAIN_WINDOW'], 'a minute', 'DRAIN_WINDOW: write a duration'],
  ['Deployment/auth', [...container, 'env', 'SIGNING_SECRET'], undefined, 'SIGNING_SECRET: is required'],
  [
    'Deployment/web',
    [...container, 'env', 'LOG_LEVEL', 'name'],
    'AMQP_URL',
    'Deployment/web: AMQP_URL is no setting of web',
  ],
  [
    'Deployment/gateway',
    [...container, 'env', 'REDIS_URL'],
    undefined,
    'Deployment/gateway: REDIS_URL is required',
  ],
  ['Job/migrate-messages', [...container, 'env', 'DATABASE_URL'], undefined, 'DATABASE_URL: is required'],
  [
    'Job/migrate-messages',
    [...container, 'env', 0, 'name'],
    'SIGNING_SECRET',
    'Job/migrate-messages: SIGNING_SECRET is no setting of messages',
  ],
  ['Secret/parley-secrets', ['stringData', 'amqp-url'], 'rabbitmq', 'Invalid settings:\n  AMQP_URL: '],
];

export const encryptionFaults: readonly Fault[] = [
  ...(
    [
      ['amqp-url', 'amqp://a:b@c', 'Deployment/auth: AMQP_URL does not verify its server'],
      ['redis-url', 'redis://:a@b', 'Deployment/gateway: REDIS_URL does not verify its server'],
      ['auth-database-url', 'postgres://a:b@c/d?sslmode=no-verify', 'auth: DATABASE_URL does not verify'],
      ['messages-database-replica-url', 'postgres://a:b@c/d', 'DATABASE_REPLICA_URL does not verify'],
      ['server-ca.crt', undefined, 'Job/migrate-auth: no certificate authority at /etc/parley/server-ca.crt'],
    ] as const
  ).map(([key, value, finding]): Fault => ['Secret/parley-secrets', ['stringData', key], value, finding]),
  [
    'Deployment/gateway',
    [...container, 'env', 'NODE_EXTRA_CA_CERTS', 'value'],
    '/etc/parley/other.crt',
    'Deployment/gateway: no certificate authority at /etc/parley/other.crt',
  ],
];

export const referenceFaults: readonly Fault[] = [
  [
    'Deployment/auth',
    [...container, 'env', 'DATABASE_URL', ...reference],
    'auth-database',
    'DATABASE_URL wants auth-database of parley-secrets',
  ],
  ['Deployment/auth', [...container, 'envFrom', 1, 'configMapRef', 'name'], 'auth', 'no ConfigMap auth'],
  ['ConfigMap/settings', ['data', 'LOG_LEVEL'], undefined, 'Deployment/web: LOG_LEVEL wants LOG_LEVEL of'],
  ['Service/auth', ['spec', 'ports', 0, 'targetPort'], 'ui', 'Service/auth: its pods have no port ui'],
  ['Service/auth', ['spec', 'selector', name], 'author', 'Service/auth: chooses no pods'],
  [
    'Service/auth',
    ['spec', 'selector', component],
    undefined,
    'Service/auth: chooses Deployment/auth, Job/migrate-auth',
  ],
  ['Service/auth', ['metadata', 'name'], 'identities', 'Deployment/auth: has no Service'],
  [
    'Ingress/parley',
    [...paths, 0, 'backend', 'service', 'port', 'name'],
    'ui',
    'leads to messages:ui, which is missing',
  ],
  [
    'HorizontalPodAutoscaler/gateway',
    ['spec', 'scaleTargetRef', 'name'],
    'gateways',
    'no Deployment gateways',
  ],
  ['Deployment/gateway', ['spec', 'replicas'], 3, 'the Deployment says a number of replicas itself'],
  ['ScaledObject/messages', ['spec', 'scaleTargetRef', 'name'], 'message', 'no Deployment message'],
  [
    'PodDisruptionBudget/auth',
    ['spec', 'selector', 'matchLabels', name],
    'author',
    'does not choose one Deployment',
  ],
  [
    'Deployment/auth',
    [...pod, 'topologySpreadConstraints', 0, 'labelSelector', 'matchLabels', component],
    'x',
    'does not choose itself',
  ],
  ['Service/auth', ['metadata', 'namespace'], 'default', 'Service/auth: not in parley'],
];

export const podFaults: readonly Fault[] = [
  ['Deployment/auth', [...pod, 'securityContext', 'runAsNonRoot'], false, 'may run as root'],
  [
    'Deployment/auth',
    [...pod, 'securityContext', 'seccompProfile'],
    undefined,
    'is not held to the default system calls',
  ],
  [
    'Deployment/auth',
    [...container, 'securityContext', 'allowPrivilegeEscalation'],
    undefined,
    'may gain privileges',
  ],
  [
    'Deployment/auth',
    [...container, 'securityContext', 'capabilities', 'add'],
    ['NET_RAW'],
    'keeps capabilities',
  ],
  [
    'Deployment/auth',
    [...container, 'securityContext', 'readOnlyRootFilesystem'],
    false,
    'can write its root file system',
  ],
  ['Job/migrate-auth', [...pod, 'automountServiceAccountToken'], undefined, 'gets a token for the cluster'],
  [
    'Deployment/auth',
    [...pod, 'enableServiceLinks'],
    undefined,
    'has the addresses of Services among its settings',
  ],
  [
    'Deployment/auth',
    [...container, 'resources', 'requests', 'cpu'],
    undefined,
    'requests no processor time',
  ],
  ['Deployment/auth', [...container, 'resources', 'limits'], undefined, 'has no memory of its own'],
  [
    'Deployment/auth',
    [...container, 'env', 'NODE_OPTIONS', 'value'],
    '--max-old-space-size=384',
    'may fill its memory with its heap',
  ],
  ['Deployment/auth', [...container, 'startupProbe'], undefined, 'has a wrong startup probe'],
  [
    'Deployment/auth',
    [...container, 'livenessProbe', 'httpGet', 'path'],
    '/readyz',
    'has a wrong liveness probe',
  ],
  [
    'Deployment/auth',
    [...container, 'readinessProbe', 'httpGet', 'port'],
    'web',
    'has a wrong readiness probe',
  ],
  ['ConfigMap/settings', ['data', 'PORT'], '8081', 'does not listen where its port is'],
  ['ConfigMap/settings', ['data', 'HOST'], '127.0.0.1', 'does not listen where its port is'],
  [
    'Deployment/auth',
    ['spec', 'template', 'metadata', 'annotations', 'prometheus.io/path'],
    '/metric',
    'hides its metrics',
  ],
  ['ConfigMap/settings', ['data', 'METRICS_PORT'], '0', 'Deployment/web: hides its metrics'],
  ['Deployment/web', [...container, 'ports', 'http', 'containerPort'], 9464, 'publishes its metrics'],
  [
    'Deployment/gateway',
    [...pod, 'terminationGracePeriodSeconds'],
    90,
    'is killed before the 116 s are over',
  ],
  ['ConfigMap/settings', ['data', 'STOP_GRACE'], '20s', 'is killed before the 41 s are over'],
  ['ConfigMap/gateway-settings', ['data', 'DRAIN_WINDOW'], '81s', 'leaves no time after its drain'],
  ['Deployment/gateway', ['spec', 'minReadySeconds'], 60, 'drains together with the next'],
  [
    'Deployment/auth',
    ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'],
    1,
    'is taken away before its successor is ready',
  ],
  [
    'Deployment/auth',
    [...pod, 'topologySpreadConstraints', 1],
    undefined,
    'is not spread over zones and nodes',
  ],
];
