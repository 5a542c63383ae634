import { resolve } from 'node:path';
import type { ChildGroup } from './child-group.ts';
import { freePort } from './ports.ts';
import { launchEpmd, launchNode, requireRabbit } from './rabbit/node.ts';
import { runServer, type ServerProcess } from './server-process.ts';

export const rabbitStopSteps = [{ signal: 'SIGTERM', waitMs: 10_000 }] as const;
export const rabbitUrl = (port: number): string => `amqp://guest:guest@127.0.0.1:${port}`;

/** A private RabbitMQ with the user `guest`; queues and persistent messages are kept in `dir` and survive `kill('SIGKILL')`. */
export async function startRabbit(options: { dir: string; port?: number }): Promise<ServerProcess> {
  requireRabbit();
  const port = options.port ?? (await freePort());
  const epmdPort = await freePort();
  const node = { name: 'rabbit', dir: resolve(options.dir), port, epmdPort, cookie: crypto.randomUUID() };

  const launch = async (signal: AbortSignal): Promise<[ChildGroup, ChildGroup]> => {
    const epmd = await launchEpmd(epmdPort, signal);
    try {
      return [await launchNode(node, signal), epmd];
    } catch (error) {
      await epmd.end();
      throw error;
    }
  };

  return runServer({ kind: 'rabbitmq', url: rabbitUrl(port), port, stopSteps: rabbitStopSteps, launch });
}
