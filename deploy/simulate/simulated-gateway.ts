import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ChangePublisher, connectCommands, RedisPublisher } from '@parley/backplane';
import { gatewayConfig } from '@parley/gateway';
import { createCore } from '@parley/gateway/core';
import { TokenVerifier } from '@parley/http';
import { Metrics } from '@parley/metrics';
import { createLogger, loadConfig, newId, systemClock } from '@parley/runtime';
import { startRedis } from '@parley/servers';
import { Redis } from 'ioredis';
import { CountedBus } from '../bench/scale/counted-bus.ts';
import { playAuth } from '../bench/scale/neighbours.ts';
import { playNeighbours } from './neighbours.ts';
import { CountingPipe, SimulatedConnection, type SimulatedPerson } from './simulated-connection.ts';

const namespace = 'simulated';

export interface Used {
  /** Call → how often it was asked. */
  calls: ReadonlyMap<string, number>;
  /** Command → how often Redis ran it. */
  commands: ReadonlyMap<string, number>;
  /** Of this process and of Redis. */
  cpuMs: number;
  redisCpuMs: number;
  packets: number;
}

export interface SimulatedGateway {
  people: readonly SimulatedPerson[];
  /** Memory of the process before it had connections. */
  processBytes: number;
  connect(person: SimulatedPerson): Promise<void>;
  /** Resolves with the acknowledgement's data. */
  send(person: SimulatedPerson, event: string, payload: object): Promise<unknown>;
  /** A message of a member who is connected elsewhere. */
  publish(roomId: string): Promise<void>;
  /** Compares the heads of all rooms once, as at every `HEAD_CHECK`. */
  checkHeads(): void;
  /** Everything so far. */
  used(): Promise<Used>;
  channels(): Promise<number>;
  /** After garbage was collected. */
  heapBytes(): number;
  stop(): Promise<void>;
}

/**
 * The real gateway without its transports, on a private Redis. It stands for one of many: each of
 * its users is in rooms of their own, whose other members are connected elsewhere.
 */
export async function startSimulatedGateway(size: {
  connections: number;
  roomsOfEach: number;
  roomSize: number;
  renewMs: number;
}): Promise<SimulatedGateway> {
  const server = await startRedis();
  const env = {
    ...{ HOST: '127.0.0.1', PORT: '0', AMQP_URL: 'amqp://in-process', REDIS_URL: server.url },
    ...{ NAMESPACE: namespace, SOCKET_EVENT_RATE: 'off', SIGNAL_RATE: 'off' },
    HEAD_CHECK: '24h',
    PRESENCE_LEASE: `${3 * size.renewMs}ms`,
  };
  const logger = createLogger({ service: 'simulation', level: 'warn' });
  const bus = new CountedBus({ logger });
  await playAuth(bus);
  const roomsOf = new Map<string, readonly string[]>();
  const verifier = new TokenVerifier({ bus, clock: systemClock, logger });
  await verifier.start();
  const infrastructure = { bus, logger, metrics: new Metrics(), verifier, clock: systemClock, newId };
  const writer = new RedisPublisher({
    ...{ redis: connectCommands(server.url, logger), namespace, lost: () => undefined, logger },
  });
  const publisher = new ChangePublisher({ backplane: writer, bus, clock: systemClock, newId, logger });
  const neighbours = await playNeighbours({
    ...{ bus, publisher, roomSize: size.roomSize, roomsOf: (userId) => roomsOf.get(userId) ?? [] },
  });
  const core = await createCore(loadConfig(gatewayConfig, env), infrastructure);
  core.context.lastRelease.runsBeside = false;
  const processBytes = process.memoryUsage().rss;
  const people = Array.from({ length: size.connections }, (): SimulatedPerson => {
    const person = { userId: newId(), roomIds: Array.from({ length: size.roomsOfEach }, newId) };
    roomsOf.set(person.userId, person.roomIds);
    return person;
  });
  const redis = new Redis(server.url);
  const connections = new Map<SimulatedPerson, SimulatedConnection>();
  const pipe = new CountingPipe();

  return {
    people,
    processBytes,
    async connect(person) {
      const connection = new SimulatedConnection(core, person, pipe);
      connections.set(person, connection);
      await core.connections.open(connection);
    },
    send(person, event, payload) {
      const connection = connections.get(person);
      if (!connection) throw new Error('the person is not connected');
      return new Promise((resolve, reject) => {
        const acknowledge = (answer: { ok: boolean; data?: unknown; error?: { code: string } }) =>
          answer.ok ? resolve(answer.data) : reject(new Error(`${event}: ${answer.error?.code}`));
        void core.protocol.dispatch(connection, { event, payload, acknowledge });
      });
    },
    publish: (roomId) =>
      neighbours.publish({
        ...{ id: newId(), roomId, content: 'A message of forty characters, or so.' },
        by: { userId: newId(), username: 'a stranger' },
      }),
    checkHeads: () => bus.interrupt(),
    channels: async () => ((await redis.call('PUBSUB', 'SHARDCHANNELS')) as string[]).length,
    async used() {
      const { user, system } = process.cpuUsage();
      const stats = await redis.info('commandstats', 'cpu');
      const found = stats.matchAll(/cmdstat_([^:]+):calls=(\d+)/g);
      const cpu = [...stats.matchAll(/used_cpu_(?:user|sys):([\d.]+)/g)].map(([, seconds]) =>
        Number(seconds),
      );
      return {
        calls: new Map(bus.counts),
        commands: new Map([...found].map(([, name = '', count]) => [name, Number(count)])),
        cpuMs: (user + system) / 1_000,
        redisCpuMs: 1_000 * cpu.reduce((sum, seconds) => sum + seconds, 0),
        packets: pipe.packets,
      };
    },
    heapBytes,
    async stop() {
      redis.disconnect();
      await core.stop();
      await publisher.close();
      await bus.close();
      await server.stop();
    },
  };
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 2; round++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
