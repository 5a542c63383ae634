import { createWriteStream } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ServiceName } from '@parley/contracts';
import { StartError } from '@parley/runtime';
import { backoff, pause } from '@parley/runtime/async';
import {
  type ChildGroup,
  type ChoosePort,
  foundPortTaken,
  freePort,
  listensOn,
  releasePort,
  startGroup,
} from '@parley/servers';
import { projectFolder } from './project-folder.ts';

/**
 * One process of a service, restarted on the same port after a short pause whenever it dies. It
 * gets another port only if it has never listened because its port was taken.
 */
export interface Replica {
  readonly service: ServiceName;
  /** Does not change once the replica has been ready. */
  readonly port: number;
  readonly url: string;
  /** The address of its metrics, `…/metrics`. */
  readonly metricsUrl: string;
  /** It has been ready since its last start, still answers, and has not announced that it stops. */
  readonly ready: boolean;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  /**
   * Resolves when it is first ready. @throws StartError with its last log lines after `timeoutMs`,
   *   at once if its settings are invalid
   */
  untilReady(timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface ReplicaOptions {
  service: ServiceName;
  /** Its name in logs: `gateway-2`. */
  name: string;
  /** A port to reuse. Absent: a free one. */
  port?: number | undefined;
  /** @default freePort */
  choosePort?: ChoosePort;
  env: Record<string, string>;
  logFile: string;
  /** Receives a sentence whenever the process ends unexpectedly. */
  say: (line: string) => void;
}

const pauses = { firstMs: 100, maxMs: 5_000 };
/** A process that lived this long has recovered: the next pause is short again. */
const settledMs = 10_000;
const askReadinessEveryMs = 50;
/** Ready processes are checked less often. */
const watchReadinessEveryMs = 500;
const answerReadinessWithinMs = 1_000;
const connections = new Agent({ keepAlive: true });

export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { service, name, env, logFile, say, choosePort = freePort } = options;
  let port = options.port ?? (await choosePort());
  let metricsPort = await choosePort();
  let keepsPort = options.port !== undefined;
  const bundle = join(projectFolder(), 'dist', `${service}.js`);
  const log = createWriteStream(logFile, { flags: 'a' });
  const stopping = new AbortController();
  const { signal } = stopping;
  let group: ChildGroup | undefined;
  let ready = false;
  /** Its message about invalid settings, which would be as invalid at the next start. */
  let invalidSettings: string | undefined;

  const runOnce = async () => {
    group = await startGroup({
      program: process.execPath,
      args: ['--enable-source-maps', bundle],
      env: { ...env, HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: String(metricsPort) },
      deathSignal: 'KILL',
      onLine: (line) => log.write(`${line}\n`),
    });
    const ended = new AbortController();
    const exit = group.exited.finally(() => ended.abort());
    await watchReadiness(group, ended.signal);
    const end = await exit;
    await group.end();
    const { code, signal: killedBy, lastLines } = end;
    if (foundPortTaken(end) && lastLines.includes('METRICS_PORT')) {
      releasePort(metricsPort);
      metricsPort = await choosePort();
    } else if (!keepsPort && foundPortTaken(end)) {
      releasePort(port);
      port = await choosePort();
    }
    if (lastLines.startsWith('Invalid settings:')) invalidSettings = lastLines;
    // A killed process logs no reason, so its last lines would mislead.
    return killedBy ?? `exit code ${code}, after\n${lastLines}\n`;
  };

  const url = () => `http://127.0.0.1:${port}`;

  const watchReadiness = async (own: ChildGroup, ended: AbortSignal) => {
    let listens = false;
    while (!ended.aborted) {
      const said = await askReadiness(url());
      // Until our process listens, another program that holds the port may answer.
      listens ||= said !== 'silent' && listensOn(own.processes(), port);
      keepsPort ||= listens;
      // A ready service that reports a failing dependency keeps its traffic: it answers with an
      // error, and recovers by itself.
      ready = listens && (said === 'ready' || (ready && said === 'failing'));
      await pause(ready ? watchReadinessEveryMs : askReadinessEveryMs, { signal: ended });
    }
    ready = false;
  };

  const keepRunning = async () => {
    for (let failures = 0; !signal.aborted; ) {
      const startedAt = performance.now();
      const reason = await runOnce();
      if (signal.aborted || invalidSettings !== undefined) return;
      say(`${name} has ended (${reason}); starting it again`);
      failures = performance.now() - startedAt > settledMs ? 0 : failures + 1;
      await pause(backoff(failures, pauses), { signal });
    }
  };
  const kept = keepRunning();

  return {
    service,
    get port() {
      return port;
    },
    get url() {
      return url();
    },
    get metricsUrl() {
      return `http://127.0.0.1:${metricsPort}/metrics`;
    },
    get ready() {
      return ready;
    },
    get pid() {
      return group?.running ? group.pid : undefined;
    },
    async untilReady(timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      while (!ready) {
        if (invalidSettings !== undefined) throw new StartError(`${name} cannot start. ${invalidSettings}`);
        if (performance.now() > deadline)
          throw new StartError(`${name} was not ready within ${timeoutMs / 1_000} s:\n${group?.lastLines()}`);
        await pause(askReadinessEveryMs);
      }
    },
    async stop() {
      stopping.abort();
      await group?.end([{ signal: 'SIGTERM', waitMs: 25_000 }]);
      await kept;
      await new Promise<void>((closed) => log.end(closed));
    },
  };
}

async function askReadiness(url: string): Promise<'ready' | 'failing' | 'stopping' | 'silent'> {
  try {
    const { status, body } = await get(`${url}/readyz`);
    if (status === 200) return 'ready';
    return body.includes('"stopping"') ? 'stopping' : 'failing';
  } catch {
    return 'silent';
  }
}

/** Without `fetch`, which takes several times as long: every replica is asked again and again. */
function get(url: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(
      url,
      { agent: connections, signal: AbortSignal.timeout(answerReadinessWithinMs) },
      (response) => {
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
      },
    );
    asking.once('error', reject).end();
  });
}
