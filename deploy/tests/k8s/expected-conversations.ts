import { services } from './manifest.ts';
import type { renderings } from './render.ts';

const pods = [...services, 'messages-writer'];
/** `web` alone uses no server. */
const withBroker = pods.filter((pod) => pod !== 'web');
const withTables = withBroker.filter((pod) => pod !== 'gateway');
const withRedis = ['gateway', 'messages-writer', 'notifications'];
const migrations = services
  .filter((service) => service !== 'web' && service !== 'gateway')
  .map((service) => `migrate-${service}`);
const engines = ['postgres', 'rabbitmq', 'redis'];

const asksDns = (pod: string) => [`${pod} → kube-system/kube-dns:53`, `${pod} → kube-system/kube-dns:53/udp`];
const isCalled = (service: string) => [
  `nginx-ingress → ${service}:8080`,
  `monitoring/prometheus → ${service}:9464`,
];
const to =
  (...peers: string[]) =>
  (pod: string) =>
    peers.map((peer) => `${pod} → ${peer}`);

/** Public addresses. */
const receivers = [
  '0.0.0.0/0 without 10.0.0.0/8 without 100.64.0.0/10 without 127.0.0.0/8 without 169.254.0.0/16 ' +
    'without 172.16.0.0/12 without 192.168.0.0/16',
  '2000::/3',
];

const everywhere = [
  ...receivers.flatMap((receiver) => to(`${receiver}:80`, `${receiver}:443`)('hooks')),
  ...pods.flatMap(asksDns),
  ...pods.flatMap(isCalled),
  ...to('gateway:8080')('gateway'),
];
const production = [
  ...everywhere,
  ...migrations.flatMap(asksDns),
  ...[...withTables, ...migrations].flatMap(to('10.20.0.0/24:5432')),
  ...withBroker.flatMap(to('10.20.1.0/24:5671')),
  ...withRedis.flatMap(to('10.20.2.0/24:6379')),
];

/**
 * All allowed connections. The address ranges of production are those of its PostgreSQL, RabbitMQ
 * and Redis.
 */
export const expectedConversations: Record<keyof typeof renderings, string[]> = {
  base: everywhere.toSorted(),
  dev: [
    ...everywhere,
    ...engines.flatMap(asksDns),
    ...withTables.flatMap(to('postgres:5432')),
    ...withBroker.flatMap(to('rabbitmq:5672')),
    ...withRedis.flatMap(to('redis:6379')),
  ].toSorted(),
  production: production.toSorted(),
  'production for polling clients': production.toSorted(),
  'production with tracing': [
    ...production,
    ...withBroker.flatMap(to('monitoring/otel-collector:4318')),
  ].toSorted(),
};
