import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { testNamespace } from '../random.ts';
import type { TestServices } from '../services.ts';
import { type StartProcessOptions, startProcess, type TestProcess } from '../start-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { createTestDatabase, type TestDatabase } from '../test-database.ts';

/** A test file's request. */
export interface LoanRequest extends Required<Pick<StartProcessOptions, 'args' | 'env'>> {
  entry: string;
  /** Source of a regular expression for the line that the program prints when it is ready. */
  ready: string;
  /** Sets the addresses of the run's servers, a database of its own, and a namespace of its own. */
  onSharedServers: boolean;
}
/** The match of `ready`, or the reason for its absence. */
export type LoanAnswer = { match: string[] } | { error: string };

export interface Lender {
  port: number;
  /** Stops every program that it has started. */
  stop(): Promise<void>;
}

interface Lent {
  process: TestProcess;
  database: TestDatabase | undefined;
  match: string[];
  running: boolean;
  /** Timer that runs while it is free. */
  idle?: NodeJS.Timeout;
  stopped?: Promise<unknown>;
}

/**
 * Lends running programs to the test files of a run. A borrower has a program to itself until its
 * connection closes; then the next file gets it that asks for the same program and settings. Starts
 * a program only when none is free. Stops a program that stays free, because even an idle system
 * takes processor time.
 */
export async function startLender(services: TestServices, { maxIdleMs = 60_000 } = {}): Promise<Lender> {
  const free = new Map<string, Lent[]>();
  const started: Promise<Lent>[] = [];

  const lend = async (key: string): Promise<Lent> => {
    const lent = free.get(key)?.pop();
    clearTimeout(lent?.idle);
    if (lent) return lent.running ? lent : lend(key);
    const starting = start(JSON.parse(key) as LoanRequest, services);
    started.push(starting);
    return starting;
  };
  const takeBack = (key: string, lent: Lent) => {
    const others = free.get(key) ?? [];
    free.set(key, [...others, lent]);
    lent.idle = setTimeout(() => {
      free.set(key, free.get(key)?.filter((each) => each !== lent) ?? []);
      stop(lent).catch(() => undefined);
    }, maxIdleMs).unref();
  };
  const serve = async (socket: Socket, key: string) => {
    const answer = (content: LoanAnswer) => socket.write(`${JSON.stringify(content)}\n`);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    try {
      const lent = await lend(key);
      answer({ match: lent.match });
      await closed;
      takeBack(key, lent);
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) });
    }
  };

  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).once('line', (key) => void serve(socket, key));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as { port: number }).port,
    stop: async () => {
      server.close();
      const all = await Promise.allSettled(started);
      await Promise.all(all.map((result) => result.status === 'fulfilled' && stop(result.value)));
    },
  };
}

function stop(lent: Lent): Promise<unknown> {
  clearTimeout(lent.idle);
  lent.stopped ??= end(lent);
  return lent.stopped;
}

async function end({ process, database }: Pick<Lent, 'process' | 'database'>): Promise<void> {
  try {
    await process.stop();
  } finally {
    await database?.drop();
  }
}

async function start(request: LoanRequest, services: TestServices): Promise<Lent> {
  const { ready, onSharedServers, env, ...options } = request;
  const database = onSharedServers ? await createTestDatabase(services.databaseUrl) : undefined;
  const servers: Record<string, string> = database
    ? {
        DATABASE_URL: database.url,
        REDIS_URL: services.redisUrl,
        AMQP_URL: services.amqpUrl,
        NAMESPACE: testNamespace(),
      }
    : {};
  const process = await startProcess({ ...options, env: { ...env, ...servers }, cwd: temporaryFolder() });
  const match = await process.waitForLine(new RegExp(ready), 170_000).catch(async (error: unknown) => {
    await end({ process, database });
    throw error;
  });
  const lent: Lent = { process, database, match: [...match], running: true };
  void process.exited.then(() => {
    lent.running = false;
  });
  return lent;
}
