import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, MemoryBus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { TokenVerifier } from '@parley/http';
import { createService, messagesConfig } from '@parley/messages';
import { Metrics } from '@parley/metrics';
import { createLogger, loadConfig, newId, systemClock } from '@parley/runtime';
import { startPostgres } from '@parley/servers';
import { startHost } from '@parley/service';
import { Submitter } from '@parley/timeline';
import { cpuByPart } from '../measure/processes.ts';
import { playAuth, type ScalePerson } from '../scale/neighbours.ts';

/** The service messages in this process, on a private PostgreSQL. */
export interface SearchWorld {
  databaseUrl: string;
  submitter: Submitter;
  get(person: ScalePerson, path: string): Promise<unknown>;
  /** CPU time so far of this process and of PostgreSQL, in microseconds. */
  cpuMicros(): number;
  stop(): Promise<void>;
}

export async function startSearchWorld(): Promise<SearchWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-search-'));
  // PostgreSQL may run as another user.
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ dataDir: folder });
  const env = {
    ...{ HOST: '127.0.0.1', PORT: '0', STOP_GRACE: '0ms', AMQP_URL: 'amqp://in-process' },
    ...{ DATABASE_URL: postgres.url, MESSAGE_RATE: 'off', SEARCH_RATE: 'off', API_RATE: 'off' },
  };
  const logger = createLogger({ service: 'search', level: 'warn' });
  const bus = new MemoryBus({ logger });
  const tokenOf = await playAuth(bus);
  await answer(bus, calls.getBlockedUsers, async () => ({ userIds: [] }));
  for (const topic of ['timeline', 'directory'] as const)
    await bus.consume(topic, 'notifications', async () => undefined);
  const verifier = new TokenVerifier({ bus, clock: systemClock, logger });
  await verifier.start();
  const infrastructure = { bus, logger, metrics: new Metrics(), verifier, clock: systemClock, newId };
  const config = loadConfig(messagesConfig, env);
  const services = [await createService(config, infrastructure)];
  const host = await startHost({ ...infrastructure, config, services, version: 'search' });
  const submitter = await Submitter.start({ bus, newId, clock: systemClock });
  const tokens = new Map<string, string>();
  return {
    databaseUrl: postgres.url,
    submitter,
    async get(person, path) {
      const token = tokens.get(person.userId) ?? tokenOf(person);
      tokens.set(person.userId, token);
      const response = await fetch(host.url + path, { headers: { authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    cpuMicros() {
      const { user, system } = process.cpuUsage();
      return user + system + (cpuByPart({ postgres: postgres.pids }).postgres ?? 0);
    },
    async stop() {
      await submitter.close();
      await host.stop();
      await bus.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
