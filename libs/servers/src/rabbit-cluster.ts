import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { onFreePorts } from './ports.ts';
import { launchEpmd, launchNode, type RabbitNode, requireRabbit } from './rabbit/node.ts';
import { type RabbitOptions, rabbitRecipe } from './rabbit.ts';
import { type ServerCluster, startTogether } from './server-cluster.ts';
import { runServer } from './server-process.ts';

/**
 * A private RabbitMQ cluster whose nodes can be killed and restarted separately. With three nodes,
 * quorum queues survive the loss of one. The nodes start in parallel, and the cluster forms when
 * all are up. If one finds a port taken, all start again, because the others may have joined that
 * one.
 */
export function startRabbitCluster(options: RabbitOptions & { nodes?: number }): Promise<ServerCluster> {
  requireRabbit();
  return onFreePorts(['epmd'], ({ epmd }) => formCluster(options, epmd), { choosePort: options.choosePort });
}

async function formCluster(
  { dir, nodes = 3, choosePort }: RabbitOptions & { nodes?: number },
  epmdPort: number,
): Promise<ServerCluster> {
  const names = Array.from({ length: nodes }, (_, index) => `rabbit${index + 1}`);
  const cookie = crypto.randomUUID();
  const failed = new AbortController();
  const epmd = await launchEpmd(epmdPort, failed.signal);

  const start = async (node: RabbitNode) => {
    try {
      return await runServer({
        ...rabbitRecipe,
        choosePort,
        attempts: 1,
        otherPorts: ['nodes'],
        launch: async (ports, signal) => [
          await launchNode(node, { ...ports, epmd: epmdPort }, AbortSignal.any([signal, failed.signal])),
        ],
      });
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const all: RabbitNode[] = names.map((name) => ({
    name,
    dir: join(resolve(dir), name),
    cookie,
    peers: names,
  }));
  try {
    return await startTogether(
      all.map((node) => start(node)),
      () => epmd.end(),
    );
  } catch (error) {
    for (const node of all) rmSync(node.dir, { recursive: true, force: true });
    throw error;
  }
}
