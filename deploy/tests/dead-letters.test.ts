import { RabbitBus } from '@parley/bus';
import { type Envelope, events } from '@parley/contracts';
import { connectDatabase } from '@parley/database';
import { createLogger, newId } from '@parley/runtime';
import { eventually, startProcess, testNamespace } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StackState } from '../stack/start-stack.ts';
import { ChatUser, type Json } from './whole-stack/chat-user.ts';
import { type StackTarget, startStackTarget } from './whole-stack/start-targets.ts';

const namespace = testNamespace();
let target: StackTarget;
let stack: StackState;
let bus: RabbitBus;
beforeAll(async () => {
  target = await startStackTarget({ NAMESPACE: namespace }, ['--messages', '1']);
  stack = (await (await fetch(`${target.url}/__stack`)).json()) as StackState;
  const logger = createLogger({ service: 'test', level: 'silent' });
  bus = await RabbitBus.connect({ url: stack.rabbitmq, namespace, logger });
});
afterAll(async () => {
  await bus?.close();
  await target?.stop();
});

/** Runs the command as an operator does. */
async function deadLetters(...args: string[]): Promise<{ code: number | null; output: string }> {
  const command = await startProcess({
    entry: new URL('../dead-letters/main.ts', import.meta.url),
    args,
    env: { AMQP_URL: stack.rabbitmq, NAMESPACE: namespace, TIMELINE_PARTITIONS: '2' },
  });
  const { code } = await command.ended();
  return { code, output: command.output() };
}
const rowsOf = ({ output }: { output: string }): Json[] =>
  output.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));

/** The bus as seen by the gateways that consume for the group. */
async function buried(group: string): Promise<number[]> {
  const pages = await Promise.all(target.gateways.map(target.metricsOf));
  return pages.map((page) =>
    Number(new RegExp(`^parley_bus_dead_letters\\{group="${group}"\\} (\\d+)$`, 'm').exec(page)?.[1]),
  );
}

const asks = (from: ChatUser, to: ChatUser) =>
  from.must('POST', '/api/v1/friend-requests', { userId: to.userId });
const inboxOf = async (user: ChatUser) =>
  (await user.must('GET', '/api/v1/notifications')).notifications as Json[];

describe('poison', () => {
  test('an event that no gateway can process is set aside, counted and listed without content', async () => {
    const [ada, bob] = [
      await ChatUser.register(target.url, 'ada'),
      await ChatUser.register(target.url, 'bob'),
    ];
    const socket = await bob.connect(target.gateways[0]);
    const notified: Json[] = [];
    socket.on('notification', (row) => notified.push(row));
    expect(await buried('gateway')).toEqual([0, 0]);
    const poison: Envelope = {
      id: newId(),
      type: 'notification.created',
      version: events['notification.created'].version,
      time: new Date().toISOString(),
      data: { userId: bob.userId, notification: { content: 'somebody’s secret' } },
    };
    await bus.publish('notifications', bus.partitionOf('notifications', bob.userId), poison);
    await asks(ada, bob);
    await eventually(() => expect(notified).toMatchObject([{ type: 'friend_request' }]));
    await eventually(async () => expect(await buried('gateway')).toEqual([1, 1]));

    const readable = await deadLetters('list', '--group', 'gateway');
    expect(readable.code).toBe(0);
    expect(readable.output).toMatch(
      new RegExp(
        `gateway .*notifications .*notification\\.created +${poison.id} .*\\nDead letters: gateway: 1$`,
        's',
      ),
    );
    const all = await deadLetters('list', '--json');
    expect(rowsOf(all)).toMatchObject([
      { group: 'gateway', topic: 'notifications', type: 'notification.created', id: poison.id },
    ]);
    for (const { output } of [readable, all]) expect(output).not.toContain('secret');

    // It still cannot be processed, so it comes back once.
    expect(rowsOf(await deadLetters('requeue', '--group', 'gateway', '--json'))).toMatchObject([
      { group: 'gateway', requeued: 1 },
    ]);
    await eventually(async () => expect(await bus.deadLetters('gateway').count()).toBe(1));
    expect(notified).toHaveLength(1);
    bob.close();
  });

  test('an event that failed due to a fault is delivered once that is fixed and it is requeued', async () => {
    const [ada, eve, bob] = await Promise.all(
      ['ada', 'eve', 'bob'].map((name) => ChatUser.register(target.url, name)),
    );
    if (!ada || !eve || !bob) throw new Error('nobody is there');
    const db = connectDatabase({ url: stack.postgres, schema: 'notifications' });
    try {
      await db.raw(`
        create function spoil() returns trigger language plpgsql as $$ begin raise exception 'spoilt'; end $$;
        create trigger spoil before insert on notifications for each row
          when (new.metadata->>'senderId' = '${ada.userId}') execute function spoil()`);
      await asks(ada, bob);
      await asks(eve, bob);
      await eventually(async () =>
        expect(await inboxOf(bob)).toMatchObject([{ metadata: { senderId: eve.userId } }]),
      );
      await eventually(async () => expect(await bus.deadLetters('notifications').count()).toBe(1));
      const [letter] = rowsOf(await deadLetters('list', '--group', 'notifications', '--json'));
      expect(letter).toMatchObject({
        type: 'friend_request.created',
        reason: expect.stringContaining('spoilt'),
      });

      await db.raw('drop trigger spoil on notifications');
      const { output } = await deadLetters('requeue', '--group', 'notifications', '--limit', '5');
      expect(output).toBe('notifications: 1 put back, 0 left');
      await eventually(async () =>
        expect((await inboxOf(bob)).map(({ metadata }) => metadata.senderId)).toEqual([
          ada.userId,
          eve.userId,
        ]),
      );
    } finally {
      await db.destroy();
    }
  });

  test('wrong usage prints the usage, and a missing setting is named', async () => {
    for (const args of [[], ['bury'], ['requeue'], ['list', '--group', 'nobody'], ['list', '--limit', '0']]) {
      const { code, output } = await deadLetters(...args);
      expect([code, output]).toEqual([1, expect.stringContaining('Usage: npm run dead-letters')]);
    }
    const command = await startProcess({
      entry: new URL('../dead-letters/main.ts', import.meta.url),
      args: ['list'],
    });
    expect(await command.ended()).toMatchObject({ code: 1 });
    expect(command.output()).toContain('AMQP_URL: is required');
  });
});
