import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { operations as document, constant as of } from './sizing-constants.ts';

const rounded = (value: number) =>
  value < 10 ? String(Math.round(value * 100) / 100) : Math.round(value).toLocaleString('en-US');

/**
 * The column of the worked example for that number of connections, from the document's formulas.
 */
function column(connections: number): Record<string, string> {
  const messages = connections / of('secondsPerMessage');
  const deliveries = messages * of('roomSize');
  const processors = (rate: number, microseconds: number) => (rate * microseconds) / 1e6 / of('load');
  const gatewayProcessors = processors(deliveries, of('gatewayUsPerDelivery'));
  const writers = processors(messages, of('messagesUsPerMessage'));
  const redis =
    processors(messages, of('redisUsPerMessage')) + processors(connections / 5, of('redisUsPerRenewal'));
  const gateways =
    Math.max(2, Math.ceil(connections / of('connectionsPerGateway')), Math.ceil(gatewayProcessors)) + 1;
  const handshakes = Math.min(
    of('handshakesPerSecond'),
    Math.floor(of('directoryQueriesPerSecond') / (of('directoryQueriesPerHandshake') * gateways)),
  );
  const gatewaysLeft = Math.ceil((gateways * 2) / 3);
  const statuses = (handshakes * gatewaysLeft * of('kBPerStatus')) / 1e3;
  return {
    'messages / deliveries a second': `${rounded(messages)} / ${rounded(deliveries)}`,
    'memory of connections (GB)': rounded((connections * of('kBPerConnection')) / 1e6),
    gateways: String(gateways),
    'gateways: processors': rounded(gatewayProcessors),
    'messages: processors': rounded(writers),
    '`TIMELINE_PARTITIONS`': String(Math.max(64, 2 ** Math.ceil(Math.log2(1.5 * writers)))),
    'notifications: processors': rounded(processors(messages, of('notificationsUsPerMessage'))),
    'PostgreSQL: processors': rounded(processors(messages, of('postgresUsPerMessage'))),
    'PostgreSQL: disk a day (GB)': rounded((connections * of('messagesPerDay') * of('kBPerMessage')) / 1e6),
    'RabbitMQ: processors': rounded(processors(messages, of('rabbitUsPerMessage'))),
    'Redis: processors': rounded(redis),
    'Redis: shards': String(redis <= 0.6 ? 1 : Math.max(3, Math.ceil(redis))),
    '`HANDSHAKE_RATE`': String(handshakes),
    '`DRAIN_WINDOW` (s)': String(Math.max(80, Math.ceil(of('maxConnections') / handshakes))),
    'all back after the loss of a zone (s)': rounded(connections / 3 / (handshakes * gatewaysLeft)),
    'meanwhile, statuses to each gateway (MB a second)': rounded(statuses),
    'the same, sent by Redis (MB a second)': rounded(statuses * gatewaysLeft),
  };
}

test('the settings of Kubernetes for each size leave a successor time to accept all clients', () => {
  const kubernetes = readFileSync(new URL('../../../k8s/README.md', import.meta.url), 'utf8');
  const cells = (name: string) =>
    (kubernetes.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? '').split('|').slice(3, -1);
  const seconds = (name: string) => cells(name).map((cell) => Number.parseInt(cell, 10));
  const [rates, windows] = [seconds('gateway `HANDSHAKE_RATE`'), seconds('gateway `DRAIN_WINDOW`')];
  const columns = [10_000, 100_000, 1_000_000].map(column);
  expect(rates).toEqual(columns.map((one) => Number(one['`HANDSHAKE_RATE`'])));
  expect(windows).toEqual(columns.map((one) => Number(one['`DRAIN_WINDOW` (s)'])));
  // A draining gateway has four fifths of its time to stop, and ten seconds before.
  const stop = windows.map((window) => Math.ceil(window / 0.8));
  expect(seconds('gateway `SHUTDOWN_TIMEOUT`')).toEqual(stop);
  expect(seconds('gateway `minReadySeconds`')).toEqual(windows.map((window) => window + 10));
  expect(seconds('gateway `terminationGracePeriodSeconds`')).toEqual(stop.map((limit) => limit + 20));
});

test('the worked example of operations.md follows from its formulas and constants', () => {
  const sizes = [10_000, 100_000, 1_000_000];
  const columns = sizes.map(column);
  const rows = Object.keys(columns[0] ?? {}).map(
    (name) => `| ${[name, ...columns.map((one) => one[name])].join(' | ')} |`,
  );
  const heading = `| connections | ${sizes.map((size) => size.toLocaleString('en-US')).join(' | ')} |`;
  const table = [heading, '|---|---|---|---|', ...rows].join('\n');
  expect(document.slice(document.indexOf(heading)).split('\n\n')[0], 'as it should be:').toBe(table);
});
