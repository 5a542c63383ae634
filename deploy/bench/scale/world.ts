import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { createService as createGateway, gatewayConfig } from '@parley/gateway';
import { TokenVerifier } from '@parley/http';
import { createService as createMessages, messagesConfig } from '@parley/messages';
import { Metrics } from '@parley/metrics';
import { createService as createNotifications, notificationsConfig } from '@parley/notifications';
import { createLogger, loadConfig, newId, systemClock } from '@parley/runtime';
import { chunks, forEachLimit, pause } from '@parley/runtime/async';
import { startPostgres, startRedis } from '@parley/servers';
import { startHost } from '@parley/service';
import { Redis } from 'ioredis';
import { ScaleClient } from './client.ts';
import { CountedBus } from './counted-bus.ts';
import { type Audience, playAuth, playDirectory, type ScalePerson } from './neighbours.ts';

const handshakesAtOnce = 50;
/** The limit of the call's contract. */
const roomsPerQuestion = 500;
/** Nothing more is expected once no frame has arrived for this long. */
const quietMs = 1_200;
const pollMs = 20;

/** How often each gateway renews leases. */
export const renewEveryMs = 2_000;

interface Counted {
  /** Event → frames that the clients received. */
  frames: ReadonlyMap<string, number>;
  /** Of this process: gateway, writer and clients. */
  cpuMs: number;
}

/** One gateway and one writer in this process, on a private PostgreSQL and Redis. */
export interface World {
  redis: Redis;
  postgres: Database;
  people(count: number): ScalePerson[];
  /** A room of new people. */
  room(members: number): Promise<{ roomId: string; people: ScalePerson[] }>;
  /** Rooms of these people, ready to join. */
  rooms(ofEach: readonly (readonly ScalePerson[])[]): Promise<string[]>;
  connect(people: readonly ScalePerson[]): Promise<ScaleClient[]>;
  /** The latest change of a room. */
  latest(roomId: string): Promise<{ id: string }>;
  /** Counts what the clients receive until it is quiet again. */
  counting(clients: readonly ScaleClient[], act: () => Promise<unknown>): Promise<Counted>;
  /** Calls between services, and commands of Redis, so far. */
  used(): Promise<CountedBus['asked'] & { scripts: number; subscriptions: number }>;
  /** Those who learn of a user's status. Nobody else's status is seen. */
  audiences: Map<string, Audience>;
  /** Loses the connection to the broker, and restores it. */
  interrupt(): void;
  stop(): Promise<void>;
}

/** @param options.withInboxes also runs notifications, in this process. @default false */
export async function startWorld({ withInboxes = false } = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-scale-'));
  // PostgreSQL may run as another user.
  chmodSync(folder, 0o755);
  const [postgres, redisServer] = await Promise.all([startPostgres({ dataDir: folder }), startRedis()]);
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    AMQP_URL: 'amqp://in-process',
    DATABASE_URL: postgres.url,
    REDIS_URL: redisServer.url,
    STOP_GRACE: '0ms',
    DRAIN_WINDOW: '0s',
    PRESENCE_LEASE: `${3 * renewEveryMs}ms`,
    PRESENCE_ROOMS: '5',
    MESSAGE_RATE: 'off',
    SOCKET_EVENT_RATE: 'off',
    HANDSHAKE_RATE: 'off',
  };
  const logger = createLogger({ service: 'scale', level: 'warn' });
  const bus = new CountedBus({ logger });
  const tokenOf = await playAuth(bus);
  const audiences = new Map<string, Audience>();
  const createRoom = await playDirectory(bus, audiences);
  if (!withInboxes)
    for (const topic of ['timeline', 'directory'] as const)
      await bus.consume(topic, 'notifications', async () => undefined);
  const verifier = new TokenVerifier({ bus, clock: systemClock, logger });
  await verifier.start();
  const infrastructure = { bus, logger, metrics: new Metrics(), verifier, clock: systemClock, newId };
  const config = loadConfig(gatewayConfig, env);
  const services = [
    await createMessages(loadConfig(messagesConfig, env), infrastructure),
    await createGateway(config, infrastructure),
    ...(withInboxes ? [await createNotifications(loadConfig(notificationsConfig, env), infrastructure)] : []),
  ];
  const host = await startHost({ ...infrastructure, config, services, version: 'scale' });
  const redis = new Redis(redisServer.url);
  const db = connectDatabase({ url: postgres.url, schema: 'public', pool: 1 });

  const people = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ userId: newId(), username: `user ${index}` }));
  const rooms = async (ofEach: readonly (readonly ScalePerson[])[]) => {
    const roomIds: string[] = [];
    for (const members of ofEach) roomIds.push(await createRoom(members));
    // The writer numbers every join.
    const joins = new Map(roomIds.map((roomId, index) => [roomId, ofEach[index]?.length ?? 0]));
    for (const some of chunks(roomIds, roomsPerQuestion)) {
      for (let missing = some; missing.length > 0; await pause(pollMs)) {
        const { heads } = await ask(bus, calls.getHeads, { roomIds: missing });
        const seqs = new Map(heads.map(({ roomId, seq }) => [roomId, seq]));
        missing = missing.filter((roomId) => (seqs.get(roomId) ?? 0) < (joins.get(roomId) ?? 0));
      }
    }
    return roomIds;
  };
  return {
    redis,
    postgres: db,
    people,
    rooms,
    audiences,
    async room(members) {
      const inRoom = people(members);
      const [roomId = ''] = await rooms([inRoom]);
      return { roomId, people: inRoom };
    },
    async connect(everybody) {
      const clients: ScaleClient[] = [];
      await forEachLimit(everybody, handshakesAtOnce, async (person, index) => {
        clients[index] = await ScaleClient.open(host.url, tokenOf(person));
      });
      return clients;
    },
    async latest(roomId) {
      const { heads } = await ask(bus, calls.getHeads, { roomIds: [roomId] });
      const afterSeq = (heads[0]?.seq ?? 1) - 1;
      const { changes } = await ask(bus, calls.getChanges, { roomId, afterSeq, limit: 1 });
      const [change] = changes;
      if (change?.kind !== 'message.created') throw new Error('the latest change is no message');
      return change.message;
    },
    async counting(clients, act) {
      const before = totals(clients);
      const cpu = process.cpuUsage();
      await act();
      let last = sum(totals(clients));
      for (
        let quietSince = performance.now();
        performance.now() - quietSince < quietMs;
        await pause(pollMs)
      ) {
        const now = sum(totals(clients));
        if (now !== last) quietSince = performance.now();
        last = now;
      }
      const { user, system } = process.cpuUsage(cpu);
      const frames = new Map(
        [...totals(clients)].map(([event, count]) => [event, count - (before.get(event) ?? 0)]),
      );
      return { frames, cpuMs: Math.round((user + system) / 1_000) };
    },
    async used() {
      const stats = await redis.info('commandstats');
      const of = (name: string) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
      return { ...bus.asked, scripts: of('evalsha'), subscriptions: of('ssubscribe') };
    },
    interrupt: () => bus.interrupt(),
    async stop() {
      redis.disconnect();
      await Promise.all([host.stop(), db.destroy()]);
      await bus.close();
      await Promise.all([postgres.stop(), redisServer.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function totals(clients: readonly ScaleClient[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const { frames } of clients)
    for (const [event, count] of frames) all.set(event, (all.get(event) ?? 0) + count);
  return all;
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);
