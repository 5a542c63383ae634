import { connectDatabase, migrate } from '@parley/database';
import { pause } from '@parley/runtime/async';
import { deleteQueues, eventually, startProcess } from '@parley/testkit';
import { expect, test } from 'vitest';
import { migrations } from '../../../services/messages/migrations/index.ts';
import { Listener } from '../promises/listener.ts';
import { overRest, overWire, Sender, startLoad } from '../promises/sender.ts';
import { ChatUser, wholeHistory } from '../whole-stack/chat-user.ts';
import type { Installation } from './installation.ts';
import { queues, rabbitmqctl } from './programs.ts';

export function changesSuite(installation: () => Installation): void {
  test('an additive migration and a rolling change of secrets lose nothing, log no one out', () =>
    changeUnderLoad(installation()));

  test('rooms continue with the next number after the number of partitions is changed offline', () =>
    changePartitions(installation()));
}

/** The services' own limit of 3 s is too short for one more connection of a busy machine. */
const connect = (here: Installation, schema: string) =>
  connectDatabase({ url: here.env.DATABASE_URL ?? '', schema, acquireTimeoutMs: 30_000 });

/** The migrations of the next release, applied while this one runs and ignores them. */
async function expand(here: Installation): Promise<void> {
  const db = connect(here, 'messages');
  try {
    // Run by hand before the release: on a large table it takes long, but blocks no one.
    for (let part = 0; part < 8; part++)
      await db.raw(`create index concurrently if not exists next_${part} on timeline_${part} (created_at)`);
    const next = {
      name: '9999-next',
      up: async (trx: typeof db) => {
        await trx.raw(
          'alter table timeline add column next text;' +
            ' create index if not exists next on timeline (created_at)',
        );
      },
    };
    await migrate(db, 'messages', [...migrations, next]);
    const { rows } = await db.raw(
      "select count(*) as attached from pg_inherits where inhparent = 'messages.next'::regclass",
    );
    expect(rows[0].attached).toBe(8);
  } finally {
    await db.destroy();
  }
}

/**
 * Second credentials for the services, while the first remain valid. Returns the settings that use
 * them.
 */
async function renewSecrets(here: Installation): Promise<Record<string, string>> {
  const { servers, env } = here;
  const [database, broker] = [new URL(env.DATABASE_URL ?? ''), new URL(env.AMQP_URL ?? '')];
  for (const url of [database, broker]) Object.assign(url, { username: 'next', password: 'of-the-next' });
  const db = connect(here, 'public');
  await db.raw(
    `create role next login password 'of-the-next' in role parley; alter role next set role parley`,
  );
  await db.destroy();
  await rabbitmqctl(servers, 'add_user', 'next', 'of-the-next');
  await rabbitmqctl(servers, 'set_permissions', 'next', '.*', '.*', '.*');
  const changed = {
    SIGNING_SECRET: 'the second secret, of more than 32 characters',
    DATABASE_URL: database.href,
    AMQP_URL: broker.href,
  };
  const rotate = await startProcess({
    entry: new URL('../../../services/auth/src/rotate-keys.ts', import.meta.url),
    env: { ...env, ...changed },
  });
  expect(await rotate.ended()).toMatchObject({ code: 0 });
  return changed;
}

async function retireOldSecrets(here: Installation): Promise<void> {
  const db = connect(here, 'public');
  await db.raw('alter role parley nologin');
  await db.destroy();
  await rabbitmqctl(here.servers, 'delete_user', 'guest');
}

const kids = async (url: string) => {
  const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as {
    keys: { kid: string }[];
  };
  return keys.map(({ kid }) => kid);
};

async function changeUnderLoad(here: Installation): Promise<void> {
  await here.start();
  const { url, gateways } = here;
  const people = await Promise.all(
    Array.from({ length: 8 }, (_, index) => ChatUser.register(url, `c${index}`)),
  );
  const [owner, ...others] = people as [ChatUser, ...ChatUser[]];
  const room = await owner.must('POST', '/api/v1/rooms', {
    name: 'changes',
    members: others.map(({ userId }) => userId),
  });
  const kinds = ['Socket.IO', 'WebSocket'] as const;
  const wires = gateways.flatMap((gateway, index) =>
    kinds.map((kind, other) => ({ kind, gateway, user: people[index * 2 + other] as ChatUser })),
  );
  const sends = wires.map(({ kind, gateway, user }) => overWire(kind, gateway, user));
  const senders = [
    ...sends.map((send, index) => new Sender(people[index] as ChatUser, send)),
    new Sender(owner, overRest(owner)),
  ];
  const listeners = wires.map(
    ({ kind, gateway }, index) => new Listener(kind, gateway, people[4 + index] as ChatUser, room.id),
  );
  const begins = await Promise.all(listeners.map((listener) => listener.start()));
  const [oldKid] = await kids(url);

  const load = startLoad(senders, room.id, 10);
  await pause(1_000);
  await expand(here);
  await pause(1_000);
  const changed = await renewSecrets(here);
  expect((await kids(url))[0]).not.toBe(oldKid);
  expect(await kids(url)).toContain(oldKid);
  await here.roll(changed);
  await retireOldSecrets(here);
  await pause(1_000);
  await load.stop();

  expect(senders.flatMap(({ failures }) => failures)).toEqual([]);
  const history = await wholeHistory(owner, room.id);
  const stored = new Map(history.map((message) => [message.clientId, message]));
  const said = senders.flatMap(({ sent }) => sent);
  expect(history).toHaveLength(said.length);
  expect(
    said.filter(
      ({ id, seq, clientId }) => stored.get(clientId)?.id !== id || stored.get(clientId)?.seq !== seq,
    ),
  ).toEqual([]);
  const all = history.map((_, index) => people.length + 1 + index);
  expect(history.map(({ seq }) => seq)).toEqual(all);
  for (const [index, listener] of listeners.entries()) {
    await eventually(() => expect(listener.last, listener.name).toBe(all.at(-1)));
    const known = [...new Set([...listener.received, ...listener.fetched])].sort((a, b) => a - b);
    expect(known, listener.name).toEqual(all.filter((seq) => seq > (begins[index] ?? 0)));
    listener.close();
  }
  await Promise.all(sends.map((send) => send.close()));

  const again = await owner.login(url);
  expect((await again.call('GET', '/api/v1/auth/me')).status).toBe(200);
  const refreshed = await owner.must('POST', '/api/v1/auth/refresh', { refreshToken: owner.refreshToken });
  expect(refreshed.user.id).toBe(owner.userId);
}

async function changePartitions(here: Installation): Promise<void> {
  const { url, gateways, servers } = here;
  const [ada, bob] = [await ChatUser.register(url, 'ada'), await ChatUser.register(url, 'bob')];
  const rooms = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      ada.must('POST', '/api/v1/rooms', { name: `room ${index}`, members: [bob.userId] }),
    ),
  );
  const say = (id: string, content: string) => ada.must('POST', `/api/v1/rooms/${id}/messages`, { content });
  await Promise.all(rooms.flatMap(({ id }) => ['one', 'two'].map((content) => say(id, content))));

  await here.stop('gateway');
  const split = /^parley\.(submissions|timeline)\./;
  await eventually(async () => {
    const left = [...(await queues(servers))].filter(
      ([name, count]) => split.test(name) && !name.includes('.gateway.') && count > 0,
    );
    expect(left).toEqual([]);
  });
  await here.stop();
  const old = [...(await queues(servers)).keys()].filter(
    (name) => split.test(name) || name === 'parley.partitions',
  );
  await deleteQueues(here.env.AMQP_URL ?? '', old);
  await here.start({ TIMELINE_PARTITIONS: '64' });

  const listeners = rooms.map(
    ({ id }, index) => new Listener('Socket.IO', gateways[index % 2] ?? '', bob, id),
  );
  await Promise.all(listeners.map((listener) => listener.start()));
  await Promise.all(rooms.map(({ id }) => say(id, 'three')));
  for (const [index, { id }] of rooms.entries()) {
    expect((await wholeHistory(bob, id)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    await eventually(() => expect(listeners[index]?.received).toEqual([5]));
    listeners[index]?.close();
  }
  const now = [...(await queues(servers)).keys()];
  expect(now.filter((name) => name.startsWith('parley.submissions.'))).toHaveLength(64);
  expect(now.filter((name) => name.startsWith('parley.timeline.'))).toHaveLength(4);
}
