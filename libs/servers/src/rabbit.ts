import { resolve } from 'node:path';
import type { ChoosePort } from './ports.ts';
import { launchEpmd, launchNode, requireRabbit } from './rabbit/node.ts';
import { runServer, type ServerProcess } from './server-process.ts';

/** Shared by single brokers and cluster nodes. */
export const rabbitRecipe = {
  kind: 'rabbitmq',
  url: (port: number) => `amqp://guest:guest@127.0.0.1:${port}`,
  stopSteps: [{ signal: 'SIGTERM', waitMs: 10_000 }],
} as const;

export interface RabbitOptions {
  dir: string;
  /** @default freePort */
  choosePort?: ChoosePort;
  /** More lines of its configuration file. */
  settings?: string;
}

/**
 * A private RabbitMQ with the user `guest`. Queues and persistent messages are stored in `dir` and
 * survive `kill('SIGKILL')`.
 */
export async function startRabbit({ dir, choosePort, settings }: RabbitOptions): Promise<ServerProcess> {
  requireRabbit();
  const node = { name: 'rabbit', dir: resolve(dir), cookie: crypto.randomUUID(), settings };
  return runServer({
    ...rabbitRecipe,
    choosePort,
    otherPorts: ['nodes', 'epmd'],
    launch: async (ports, signal) => {
      const epmd = await launchEpmd(ports.epmd, signal);
      try {
        return [await launchNode(node, ports, signal), epmd];
      } catch (error) {
        await epmd.end();
        throw error;
      }
    },
  });
}
