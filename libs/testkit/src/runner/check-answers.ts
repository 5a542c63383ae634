import { connect } from 'node:net';
import type { ServerKind } from '@parley/servers';

const defaultPorts: Record<ServerKind, number> = { postgres: 5432, redis: 6379, rabbitmq: 5672 };

/** Rejects when no server listens at the URL's address. */
export async function checkAnswers(kind: ServerKind, url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const address = { host: hostname, port: Number(port || defaultPorts[kind]) };
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ ...address, timeout: 3_000 });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error('timed out')));
    socket.once('error', (error) =>
      reject(new Error(`no server answers at ${address.host}:${address.port} (${error.message})`)),
    );
  });
}
