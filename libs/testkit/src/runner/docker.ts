import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServerKind } from '@parley/servers';
import type { Wait } from 'testcontainers';

export interface FoundServer {
  url: string;
  stop(): Promise<void>;
}

interface Image {
  name: string;
  port: number;
  environment?: Record<string, string>;
  command?: string[];
  ready: (wait: typeof Wait) => ReturnType<typeof Wait.forLogMessage>;
  url: (address: string) => string;
}

const images: Record<ServerKind, Image> = {
  postgres: {
    name: 'postgres:17-alpine',
    port: 5432,
    environment: { POSTGRES_USER: 'parley', POSTGRES_PASSWORD: 'parley' },
    command: ['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'max_connections=600'],
    // The image starts the server twice, the first time to initialize it.
    ready: (wait) => wait.forLogMessage(/ready to accept connections/, 2),
    url: (address) => `postgres://parley:parley@${address}/parley`,
  },
  redis: {
    name: 'redis:7-alpine',
    port: 6379,
    ready: (wait) => wait.forLogMessage(/Ready to accept connections/),
    url: (address) => `redis://${address}`,
  },
  rabbitmq: {
    name: 'rabbitmq:3.13-alpine',
    port: 5672,
    ready: (wait) => wait.forLogMessage(/Server startup complete/),
    url: (address) => `amqp://guest:guest@${address}`,
  },
};

export async function startContainer(kind: ServerKind): Promise<FoundServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const image = images[kind];
  const container = await new GenericContainer(image.name)
    .withEnvironment(image.environment ?? {})
    .withCommand(image.command ?? [])
    .withExposedPorts(image.port)
    .withWaitStrategy(image.ready(Wait))
    .withStartupTimeout(120_000)
    .start();
  // For an interrupted run without testcontainers' own reaper.
  const remove = () =>
    void spawnSync('docker', ['rm', '--force', '--volumes', container.getId()], { stdio: 'ignore' });
  process.once('exit', remove);
  return {
    url: image.url(`${container.getHost()}:${container.getMappedPort(image.port)}`),
    stop: async () => {
      await container.stop({ timeout: 0, removeVolumes: true });
      process.removeListener('exit', remove);
    },
  };
}

/** Whether a Docker engine answers quickly. */
export async function dockerAnswers(env: Record<string, string | undefined>): Promise<boolean> {
  const host = env.DOCKER_HOST;
  if (host?.startsWith('tcp://')) {
    const { hostname, port } = new URL(host);
    return answers({ host: hostname, port: Number(port || 2375) });
  }
  const sockets = host?.startsWith('unix://')
    ? [host.slice('unix://'.length)]
    : [
        '/var/run/docker.sock',
        join(homedir(), '.docker/run/docker.sock'),
        ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'docker.sock')] : []),
      ];
  const found = await Promise.all(sockets.map((path) => answers({ path })));
  return found.includes(true);
}

function answers(address: { path: string } | { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: 1_000 });
    const done = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    // An engine that requires TLS also answers, with an error.
    socket.once('connect', () => socket.write('GET /_ping HTTP/1.0\r\n\r\n'));
    socket.once('data', () => done(true));
    for (const event of ['timeout', 'error', 'close']) socket.once(event, () => done(false));
  });
}
