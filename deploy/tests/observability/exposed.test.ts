import { RabbitBus } from '@parley/bus';
import {
  type Change,
  type ChangedBatch,
  type Envelope,
  type SubmittedBatch,
  tracesOf,
} from '@parley/contracts';
import { createLogger } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StackState } from '../../stack/start-stack.ts';
import { ChatUser, emit } from '../whole-stack/chat-user.ts';
import { type StackTarget, startStackWithServers } from '../whole-stack/start-targets.ts';
import { alerts, dashboard, documented } from './documents.ts';
import { type Selector, selectorsOf } from './promql.ts';
import { type ExposedMetric, scrapeAll } from './scrape.ts';
import { startTraceReceiver, type TraceReceiver } from './trace-receiver.ts';

let receiver: TraceReceiver;
let target: StackTarget;
let bus: RabbitBus;
const events: Envelope[] = [];
let exposed: Map<string, ExposedMetric>;
let roomId: string;

beforeAll(async () => {
  receiver = await startTraceReceiver();
  // Except for the setting that turns tracing on.
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  };
  target = await startStackWithServers(env, ['--messages', '1']);
  const stack = (await (await fetch(`${target.url}/__stack`)).json()) as StackState;
  bus = await RabbitBus.connect({
    url: stack.rabbitmq,
    namespace: 'parley',
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  for (const topic of ['submissions', 'timeline', 'directory'] as const)
    await bus.listen(topic, (event) => void events.push(event));
  await converse();
  exposed = await scrapeAll(Object.values(stack.metrics));
});
afterAll(async () => {
  await bus?.close();
  await target?.stop();
  await receiver?.close();
});

/** Uses every feature a little, because labelled metrics are absent before their first use. */
async function converse(): Promise<void> {
  const [ada, bob] = await Promise.all([
    ChatUser.register(target.url, 'ada'),
    ChatUser.register(target.url, 'bob'),
  ]);
  ({ id: roomId } = await ada.must('POST', '/api/v1/rooms', {
    kind: 'group',
    name: 'a room',
    members: [bob.userId],
  }));
  const [sender, listener] = await Promise.all([
    ada.connect(target.gateways[0]),
    bob.connect(target.gateways[1]),
  ]);
  const received: unknown[] = [];
  listener.on('receive_message', (message) => received.push(message));
  await emit(listener, 'join_room', { roomId });
  await emit(sender, 'send_message', { roomId, content: 'hello' });
  await emit(sender, 'send_message', { roomId: bob.userId, content: 'hello' }).catch(() => undefined);
  await eventually(() => expect(received).toHaveLength(1));
  await eventually(async () =>
    expect((await bob.must('GET', '/api/v1/notifications')).notifications).not.toEqual([]),
  );
  await ada.must('GET', '/api/v1/search/messages?q=hello');
  // A session of one gateway, ended through the other.
  const polling = '/socket.io/?EIO=4&transport=polling';
  const { sid } = JSON.parse((await (await fetch(target.gateways[0] + polling)).text()).slice(1));
  await fetch(`${target.gateways[1]}${polling}&sid=${sid}`, { method: 'POST', body: '1' });
  await bob.must('POST', '/api/v1/auth/logout');
  await eventually(() => expect(listener.connected).toBe(false));
}

const base = (metric: string) => (exposed.has(metric) ? metric : metric.replace(/_(bucket|sum|count)$/, ''));
/** Labels that Prometheus adds by itself. */
const ownLabels = new Set(['job', 'instance', 'le']);
const unknownOf = (selectors: readonly Selector[]): string[] =>
  selectors
    .filter(({ metric }) => metric !== 'up')
    .flatMap(({ metric, labels }) => {
      const known = exposed.get(base(metric)) && documented[base(metric)];
      if (!known) return [metric];
      return labels
        .filter((label) => !ownLabels.has(label) && !known.labels.includes(label))
        .map((label) => `${metric}{${label}}`);
    });

describe('what the services of a running stack expose', () => {
  test('is exactly the content of the table of metrics', () => {
    expect([...exposed.keys()].sort()).toEqual(Object.keys(documented).sort());
    const types = Object.fromEntries([...exposed].map(([name, { type }]) => [name, type]));
    expect(types).toEqual(
      Object.fromEntries(Object.entries(documented).map(([name, { type }]) => [name, type])),
    );
  });

  test('has the labels listed in the table', () => {
    const withSamples = [...exposed].filter(([, { samples }]) => samples > 0);
    for (const [name, { labels }] of withSamples)
      expect([...labels].sort(), name).toEqual([...(documented[name]?.labels ?? [])].sort());
    const silent = [...exposed].filter(([, { samples }]) => samples === 0).map(([name]) => name);
    // Usually no operating system request is active at that moment.
    expect(silent.filter((name) => name !== 'nodejs_active_requests')).toEqual([]);
  });

  test('includes everything that the alerts query', () => {
    expect(alerts.flatMap(({ expr }) => unknownOf(selectorsOf(expr)))).toEqual([]);
  });

  test('includes everything that the dashboard queries', () => {
    expect(
      dashboard.panels.flatMap(({ targets = [] }) =>
        targets.flatMap(({ expr }) => unknownOf(selectorsOf(expr))),
      ),
    ).toEqual([]);
  });
});

test('with tracing off no event contains trace data, and nothing is sent', async () => {
  const ours = await eventually(() => {
    const submitted = events.flatMap(({ type, data }) =>
      type === 'timeline.submitted' ? (data as SubmittedBatch).items : [],
    );
    const changed = events.flatMap(({ type, data }): Change[] =>
      type === 'timeline.changed' ? (data as ChangedBatch).changes : [],
    );
    const items = [...submitted, ...changed].filter((item) => item.roomId === roomId);
    expect(items.length).toBeGreaterThan(3);
    return items;
  });
  for (const item of ours) expect(item).not.toHaveProperty('trace');
  for (const event of events) expect(tracesOf(event).every((trace) => trace === undefined)).toBe(true);
  expect(receiver.spans).toEqual([]);
});

test.each([
  ['rabbitmq', 'bus'],
  ['postgres', 'database'],
])(
  'while %s is frozen the metrics remain available, and report that it does not answer',
  async (part, check) => {
    const pids = (await target.pids())[part] ?? [];
    const messages = target.replicas.messages[0];
    const passes = async () =>
      new RegExp(`^parley_check_passing\\{check="messages.${check}"\\} (\\d)$`, 'm').exec(await page())?.[1];
    const page = () => target.metricsOf(messages);
    await eventually(async () => expect(await passes()).toBe('1'));
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      await eventually(async () => expect(await passes()).toBe('0'));
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    await eventually(async () => expect(await passes()).toBe('1'));
  },
);
