import { answer, publishEvent, RabbitBus } from '@parley/bus';
import {
  calls,
  type EventOf,
  type EventType,
  type Membership,
  makeEvent,
  type Submission,
  type SubmissionReply,
} from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { type ServerProcess, startRabbit } from '@parley/servers';
import {
  createTestDatabase,
  deleteQueues,
  eventually,
  queryOnce,
  startProcess,
  type TestProcess,
  temporaryFolder,
  testNamespace,
} from '@parley/testkit';
import type { SubmissionInput } from '@parley/timeline';
import { afterAll, beforeAll, expect, test } from 'vitest';

const logger = createLogger({ service: 'test', level: 'silent' });
/** More than the topic `timeline` has. */
const timelinePartitions = 8;
const [ada, bob] = [
  { userId: newId(), username: 'ada' },
  { userId: newId(), username: 'bob' },
];

let broker: ServerProcess;
beforeAll(async () => {
  broker = await startRabbit({ dir: temporaryFolder() });
});
afterAll(() => broker?.stop());

/** The messages service, and later notifications, as processes; the test is the directory. */
async function setScene() {
  const namespace = testNamespace();
  const database = await createTestDatabase();
  const options = { url: broker.url, namespace, timelinePartitions, logger, heartbeatSeconds: 1 };
  const bus = await RabbitBus.connect(options);
  const room = { id: newId(), kind: 'group', name: 'a room', isPrivate: true, organizationId: null } as const;
  const members = [ada, bob].map((one): Membership => {
    return { roomId: room.id, ...one, role: 'member', canSend: true, version: 1 };
  });
  await answer(bus, calls.getMemberships, async () => ({ room, members }));
  await answer(bus, calls.getRoomMembers, async () => ({ members }));
  await answer(bus, calls.getBlocks, async () => ({ pairs: [] }));
  await answer(bus, calls.getWatchers, async () => ({ watching: [] }));
  const at = () => ({ id: newId(), now: Date.now() });
  const answers: SubmissionReply[] = [];
  const { address: origin } = await bus.openReplyQueue((data) => {
    answers.push(...(data as { replies: SubmissionReply[] }).replies);
  });
  let ref = 0;
  const processes: TestProcess[] = [];
  return {
    roomId: room.id,
    start: async (service: 'messages' | 'notifications') => {
      const entry = new URL(`../../../services/${service}/src/main.ts`, import.meta.url);
      const env = {
        ...{ PORT: '0', NAMESPACE: namespace, DATABASE_URL: database.url, AMQP_URL: broker.url },
        TIMELINE_PARTITIONS: String(timelinePartitions),
      };
      const process = await startProcess({ entry, env });
      processes.push(process);
      await process.waitForLine(/listening/);
      return process;
    },
    announce: () =>
      publishEvent(bus, makeEvent('room.created', { room, members }, at()) as EventOf<EventType>),
    /** Resolves with the answer. */
    submit: async (input: SubmissionInput) => {
      const item = { ...input, ref: ++ref, id: newId() } as Submission;
      await bus.publish(
        'submissions',
        bus.partitionOf('submissions', room.id),
        makeEvent('timeline.submitted', { origin, items: [item] }, at()),
      );
      return eventually(() => {
        const found = answers.find((one) => one.ref === item.ref);
        if (!found?.ok) throw new Error('not acknowledged');
        return item.id;
      });
    },
    /** The broker refuses events of `timeline` until a process connects. */
    refuse: () =>
      deleteQueues(broker.url, [
        `${namespace}.timeline.notifications.${bus.partitionOf('timeline', room.id)}`,
      ]),
    inbox: () =>
      queryOnce(
        database.url,
        `select count, content from notifications.notifications
          where user_id = '${bob.userId}' and type = 'message'`,
      ),
    stop: async () => {
      await Promise.all(processes.map((process) => process.stop()));
      await bus.close();
      await database.drop();
    },
  };
}

test.each([
  ['writer and broker', { writer: true, broker: true }],
  ['the writer alone', { writer: true, broker: false }],
  ['the broker alone', { writer: false, broker: true }],
])('promise 1: %s killed after an acknowledgement: inboxes miss nothing, count once', async (_, kills) => {
  const scene = await setScene();
  const { roomId, submit } = scene;
  try {
    const writer = await scene.start('messages');
    await scene.announce();
    const text = { op: 'send', roomId, by: ada, clientId: null, replyTo: null, isEncrypted: false } as const;
    await scene.refuse();
    const first = await submit({ ...text, content: 'the first' });
    await submit({ ...text, content: 'the second' });
    await submit({ op: 'edit', roomId, by: ada, messageId: first, content: 'the edited' });
    await submit({ op: 'read', roomId, by: bob, messageId: first });
    if (kills.writer) writer.kill('SIGKILL');
    if (kills.broker) broker.kill('SIGKILL');
    if (kills.writer) await writer.exited;
    if (kills.broker) {
      await broker.exited;
      await broker.restart();
    }
    await scene.start('notifications');
    if (kills.writer) await scene.start('messages');
    const shows = (count: number, content: string) =>
      eventually(async () => expect(await scene.inbox()).toEqual([{ count, content }]));
    await shows(1, 'ada: the second');
    await submit({ ...text, content: 'the third' });
    await shows(2, 'ada: the third');
  } finally {
    await scene.stop();
  }
});
