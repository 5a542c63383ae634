import { join, resolve } from 'node:path';
import { freePort } from './ports.ts';
import { launchEpmd, launchNode, type RabbitNode, requireRabbit } from './rabbit/node.ts';
import { rabbitStopSteps, rabbitUrl } from './rabbit.ts';
import { type ServerCluster, startTogether } from './server-cluster.ts';
import { runServer } from './server-process.ts';

/**
 * A private RabbitMQ cluster; each node is a server of its own that can be killed and restarted. With three, quorum queues go on without one of them.
 * The nodes start side by side: the cluster forms when all have come.
 */
export async function startRabbitCluster(options: { dir: string; nodes?: number }): Promise<ServerCluster> {
  requireRabbit();
  const epmdPort = await freePort();
  const cookie = crypto.randomUUID();
  const names = Array.from({ length: options.nodes ?? 3 }, (_, index) => `rabbit${index + 1}`);
  const nodes: RabbitNode[] = [];
  for (const name of names) {
    nodes.push({ name, dir: join(resolve(options.dir), name), port: await freePort(), epmdPort, cookie, peers: names });
  }
  const epmd = await launchEpmd(epmdPort, new AbortController().signal);
  const start = (node: RabbitNode) =>
    runServer({
      kind: 'rabbitmq',
      url: rabbitUrl(node.port),
      port: node.port,
      stopSteps: rabbitStopSteps,
      launch: async (signal) => [await launchNode(node, signal)],
    });
  return startTogether(
    nodes.map((node) => start(node)),
    () => epmd.end(),
  );
}
