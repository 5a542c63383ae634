import { services } from './manifest.ts';
import type { renderings } from './render.ts';

/** `web` alone uses no server. */
const withBroker = services.filter((service) => service !== 'web');
const withTables = withBroker.filter((service) => service !== 'gateway');
const migrations = withTables.map((service) => `migrate-${service}`);
const engines = ['postgres', 'rabbitmq', 'redis'];

const asksDns = (pod: string) => [`${pod} → kube-system/kube-dns:53`, `${pod} → kube-system/kube-dns:53/udp`];
const isCalled = (service: string) => [
  `nginx-ingress → ${service}:8080`,
  `monitoring/prometheus → ${service}:8080`,
];
const to =
  (...peers: string[]) =>
  (pod: string) =>
    peers.map((peer) => `${pod} → ${peer}`);

const everywhere = [
  ...services.flatMap(asksDns),
  ...services.flatMap(isCalled),
  ...to('gateway:8080')('gateway'),
];
const production = [
  ...everywhere,
  ...migrations.flatMap(asksDns),
  ...[...withTables, ...migrations].flatMap(to('10.20.0.0/24:5432')),
  ...withBroker.flatMap(to('10.20.1.0/24:5671')),
  ...['gateway', 'messages'].flatMap(to('10.20.2.0/24:6379')),
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
    ...['gateway', 'messages'].flatMap(to('redis:6379')),
  ].toSorted(),
  production: production.toSorted(),
  'production with tracing': [
    ...production,
    ...withBroker.flatMap(to('monitoring/otel-collector:4318')),
  ].toSorted(),
};
