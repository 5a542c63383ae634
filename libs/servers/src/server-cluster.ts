import type { ServerProcess } from './server-process.ts';

/** Cooperating servers, each of which can be killed and restarted separately. */
export interface ServerCluster {
  readonly nodes: readonly ServerProcess[];
  /** All URLs, separated by commas. */
  readonly url: string;
  stop(): Promise<void>;
}

/** @param release frees what the nodes share, after they have gone */
export async function startTogether(
  starting: readonly Promise<ServerProcess>[],
  release?: () => Promise<void>,
): Promise<ServerCluster> {
  const results = await Promise.allSettled(starting);
  const nodes = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await release?.();
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { nodes, url: nodes.map(({ url }) => url).join(','), stop };
}
