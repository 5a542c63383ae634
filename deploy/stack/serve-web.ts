import { createWriteStream } from 'node:fs';
import { createLogger, type Environment, loadConfig } from '@parley/runtime';
import { startSite } from '@parley/service';
import { createService, webConfig } from '@parley/web';
import type { Backend } from './balancer.ts';

export interface WebBackend extends Backend {
  stop(): Promise<void>;
}

/** Serves the web client and the SDK in this process, as their service does in its own. */
export async function serveWeb(env: Environment, logFile: string): Promise<WebBackend> {
  const own = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', STOP_GRACE: '0ms', SHUTDOWN_TIMEOUT: '1s' };
  const config = loadConfig(webConfig, { ...env, ...own });
  const log = createWriteStream(logFile);
  const logger = createLogger({ service: 'web', level: config.LOG_LEVEL, destination: log });
  const { url, stop } = await startSite(config, createService(), logger);
  return {
    url,
    port: Number(new URL(url).port),
    ready: true,
    stop: async () => {
      await stop();
      await new Promise<void>((closed) => log.end(closed));
    },
  };
}
