import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { createService as createAuth } from '@parley/auth';
import { MemoryBackplane } from '@parley/backplane';
import { MemoryBus } from '@parley/bus';
import { createService as createDirectory } from '@parley/directory';
import { createService as createGateway } from '@parley/gateway';
import { createService as createHooks } from '@parley/hooks';
import { listen, TokenVerifier } from '@parley/http';
import { createService as createMessages } from '@parley/messages';
import { MeasuredBus, Metrics } from '@parley/metrics';
import { createService as createNotifications } from '@parley/notifications';
import { type Clock, newId, systemClock } from '@parley/runtime';
import { startPostgres } from '@parley/servers';
import {
  type Host,
  type Infrastructure,
  type Service,
  startHost,
  startLogging,
  version,
} from '@parley/service';
import { TracedBus } from '@parley/tracing';
import { createService as createWeb } from '@parley/web';
import { keepRunning } from '../servers/keep-running.ts';
import type { EmbeddedConfig } from './config.ts';
import { storedSecret } from './stored-secret.ts';

export interface Embedded {
  url: string;
  app: Host['app'];
  /** Stops everything, within `stopWithinMs`. Idempotent. */
  stop(): Promise<void>;
  readonly stopWithinMs: number;
}

/** Time for PostgreSQL to stop, after everything else. */
const goodbyeMs = 1_800;

/**
 * The whole system in this process: a private PostgreSQL in `DATA_DIR`, an in-memory bus and
 * presence, and every service on one port. Everything acknowledged is in the database and survives
 * a crash.
 * @param options.clock of every service
 * @throws StartError when the port or the data folder is taken
 */
export async function startEmbedded(
  config: EmbeddedConfig,
  { clock = systemClock }: { clock?: Clock } = {},
): Promise<Embedded> {
  // Fail before PostgreSQL is started in vain.
  await assertPortIsFree(config);
  const { tracing, logger } = await startLogging('parley', config);
  const dataDir = resolve(config.DATA_DIR);
  const postgres = await startPostgres({ dataDir, binaries: 'embedded' });
  const stopping = new AbortController();
  void keepRunning(postgres, (line) => logger.error(line), stopping.signal);
  const stopPostgres = () => {
    stopping.abort();
    return postgres.stop();
  };
  try {
    const metrics = new Metrics();
    const memory = new MemoryBus({ logger, timelinePartitions: config.TIMELINE_PARTITIONS });
    const measured = new MeasuredBus(memory, metrics);
    const bus = tracing ? new TracedBus(measured, tracing) : measured;
    const settings: EmbeddedConfig = {
      ...config,
      DATABASE_URL: postgres.url,
      SIGNING_SECRET: storedSecret(dataDir, 'signing'),
      HOOKS_SECRET: [storedSecret(dataDir, 'hooks')],
    };
    const host = await startServices(settings, { bus, clock, logger, metrics, tracing });
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      memory.abandon();
      await host.stop();
      await bus.close();
      await tracing?.close();
      await stopPostgres();
    };
    return {
      url: host.url,
      app: host.app,
      stopWithinMs: config.STOP_GRACE + config.SHUTDOWN_TIMEOUT + goodbyeMs,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await stopPostgres();
    throw error;
  }
}

async function assertPortIsFree(config: EmbeddedConfig): Promise<void> {
  const probe = createServer();
  await listen(probe, config);
  await new Promise((closed) => probe.close(closed));
}

type Shared = Pick<Infrastructure, 'bus' | 'clock' | 'logger' | 'metrics' | 'tracing'>;

async function startServices(
  config: EmbeddedConfig,
  { bus, clock, logger, metrics, tracing }: Shared,
): Promise<Host> {
  const verifier = new TokenVerifier({ bus, clock, logger });
  await verifier.start();
  const backplane = new MemoryBackplane();
  const infrastructure = (part: Service['name']): Infrastructure => ({
    bus,
    logger: logger.child({ part }),
    metrics,
    verifier,
    clock,
    newId,
    backplane,
    tracing,
  });
  // Each service depends only on earlier ones. The pages of web come before those of the gateway.
  const services = [
    createWeb(),
    await createAuth(config, infrastructure('auth')),
    await createDirectory(config, infrastructure('directory')),
    await createMessages(config, infrastructure('messages')),
    await createNotifications(config, infrastructure('notifications')),
    await createHooks(config, infrastructure('hooks')),
    await createGateway(config, infrastructure('gateway')),
  ];
  // There may be no firewall between the clients and this machine.
  const metricsHost = '127.0.0.1';
  return startHost({ config, services, verifier, metrics, metricsHost, logger, version, tracing });
}
