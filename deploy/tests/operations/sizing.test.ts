import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const document = readFileSync(new URL('../../operations.md', import.meta.url), 'utf8');
const constants = Object.fromEntries(
  [...document.matchAll(/^\| `(\w+)` \| ([\d.]+) \|/gm)].map(([, name = '', value]) => [name, Number(value)]),
);
const of = (name: string): number => {
  const value = constants[name];
  if (value === undefined) throw new Error(`operations.md has no constant ${name}`);
  return value;
};

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
  return {
    'messages / deliveries a second': `${rounded(messages)} / ${rounded(deliveries)}`,
    'memory of connections (GB)': rounded((connections * of('kBPerConnection')) / 1e6),
    gateways: String(
      Math.max(2, Math.ceil(connections / of('connectionsPerGateway')), Math.ceil(gatewayProcessors)) + 1,
    ),
    'gateways: processors': rounded(gatewayProcessors),
    'messages: processors': rounded(writers),
    '`TIMELINE_PARTITIONS`': String(Math.max(64, 2 ** Math.ceil(Math.log2(1.5 * writers)))),
    'notifications: processors': rounded(processors(messages, of('notificationsUsPerMessage'))),
    'PostgreSQL: processors': rounded(processors(messages, of('postgresUsPerMessage'))),
    'PostgreSQL: disk a day (GB)': rounded((connections * of('messagesPerDay') * of('kBPerMessage')) / 1e6),
    'RabbitMQ: processors': rounded(processors(messages, of('rabbitUsPerMessage'))),
    'Redis: processors': rounded(redis),
    'Redis: shards': String(redis <= 0.6 ? 1 : Math.max(3, Math.ceil(redis))),
  };
}

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
