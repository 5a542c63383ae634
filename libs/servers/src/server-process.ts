import type { ChildGroup, Exit, StopStep } from './child-group.ts';
import { type FreePortOptions, onFreePorts, onSamePorts, releasePort } from './ports.ts';
import { descendantPids } from './process-table.ts';

export type ServerKind = 'postgres' | 'redis' | 'rabbitmq';

/** A private server: its own port on 127.0.0.1, its own data, its own processes. */
export interface ServerProcess {
  readonly kind: ServerKind;
  /** URL for clients, including the password. Constant for the server's whole life. */
  readonly url: string;
  readonly port: number;
  /** Ids of its current processes; empty when it has died. */
  readonly pids: number[];
  /** Resolves (never rejects) when the current run ends. Read it again after `restart()`. */
  readonly exited: Promise<Exit>;
  /**
   * Sends a signal to all its processes at once, like a crash (`SIGKILL`) or a freeze (`SIGSTOP`,
   * `SIGCONT`).
   */
  kill(signal: NodeJS.Signals): void;
  /**
   * Kills what is left and starts it again on the same port and data. Resolves when it answers.
   * Rejects once stopped.
   */
  restart(): Promise<void>;
  /**
   * Stops it gracefully, then by force; leaves no process. Idempotent. Also ends a restart in
   * progress.
   */
  stop(): Promise<void>;
}

/** Describes one kind of server. */
export interface ServerRecipe<Name extends string> extends FreePortOptions {
  kind: ServerKind;
  /** Names of its ports apart from the clients' one. It keeps all ports for its whole life. */
  otherPorts: readonly Name[];
  url(port: number): string;
  /**
   * Starts its processes, the main one first, and resolves when it answers. Cleans up if it fails
   * or is aborted.
   * @throws PortTakenError
   */
  launch(
    ports: Record<Name | 'clients', number>,
    signal: AbortSignal,
  ): Promise<readonly [ChildGroup, ...ChildGroup[]]>;
  stopSteps: readonly StopStep[];
  /** Frees other resources after its processes have gone. */
  release?(): void;
}

export async function runServer<Name extends string>(recipe: ServerRecipe<Name>): Promise<ServerProcess> {
  const { kind } = recipe;
  const stopping = new AbortController();
  const first = await onFreePorts(
    ['clients', ...recipe.otherPorts] as const,
    async (ports) => ({ ports, groups: await recipe.launch(ports, stopping.signal) }),
    recipe,
  );
  const { ports } = first;
  const allPorts: number[] = Object.values(ports);
  let { groups } = first;
  let turn: Promise<void> = Promise.resolve();
  let stopped: Promise<void> | undefined;

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };

  const end = async (steps: readonly StopStep[]) => {
    const [main, ...others] = groups;
    await main.end(steps);
    await Promise.all(others.map((group) => group.end()));
  };

  return {
    kind,
    url: recipe.url(ports.clients),
    port: ports.clients,
    get pids() {
      return groups.flatMap((group) => (group.running ? descendantPids(group.pid) : []));
    },
    get exited() {
      return groups[0].exited;
    },
    kill(signal) {
      for (const group of groups) group.signalAll(signal);
    },
    restart() {
      return inTurn(async () => {
        if (stopping.signal.aborted) throw new Error(`${kind} has been stopped`);
        await end([]);
        groups = await onSamePorts(allPorts, () => recipe.launch(ports, stopping.signal));
      });
    },
    stop() {
      stopping.abort();
      stopped ??= inTurn(async () => {
        await end(recipe.stopSteps);
        for (const port of allPorts) releasePort(port);
        recipe.release?.();
      });
      return stopped;
    },
  };
}
