import { ConfigError } from './config.ts';
import { redactError } from './redact.ts';

/**
 * A running service or command. `stop` is idempotent, keeps its own deadline, and cleans up
 * completely.
 */
export interface Running {
  stop(): Promise<void>;
  /** Upper bound of the time that `stop` takes. @default 25_000 */
  readonly stopWithinMs?: number;
}

export interface RunMainOptions {
  /**
   * Whether a signal during the start ends the process at once: its `exit` hooks then clean up.
   * @default false: it waits for the start, and stops
   */
  exitsWhileStarting?: boolean;
}

const defaultStopWithinMs = 25_000;

/**
 * The body of every `main.ts`: starts, and stops once on SIGTERM or SIGINT. Exits with 0, or with 1
 * and a one-line error if the start fails. A second signal exits at once. So does a stop that takes
 * longer than `stopWithinMs`, with 1 and a line that says so.
 */
export async function runMain(
  start: () => Promise<Running>,
  { exitsWhileStarting = false }: RunMainOptions = {},
): Promise<void> {
  // After the handlers are in place: a signal must not end a start without its clean-up.
  const starting = Promise.resolve().then(start);
  let started = false;
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
    if (exitsWhileStarting && !started) process.exit(signal === 'SIGINT' ? 130 : 143);
    // A signal during the start waits for it: a partial start would leave orphans.
    const late = exitAfter(defaultStopWithinMs);
    const running = await starting.catch(() => undefined);
    clearTimeout(late);
    exitAfter(running?.stopWithinMs ?? defaultStopWithinMs);
    await running?.stop();
    process.exit(0);
  };
  const fail = (error: unknown) => {
    console.error(redactError(error));
    process.exit(1);
  };
  const onSignal = (signal: NodeJS.Signals) => void stop(signal).catch(fail);
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // Node itself would print all that a library attached to the error, such as a connection string.
  process.on('uncaughtException', fail);
  try {
    await starting;
    started = true;
  } catch (error) {
    if (stopping) return;
    const expected = error instanceof ConfigError || (error instanceof Error && error.name === 'StartError');
    if (!expected) fail(error);
    console.error((error as Error).message);
    process.exit(1);
  }
}

const exitAfter = (ms: number): NodeJS.Timeout =>
  setTimeout(() => {
    console.error(`Not everything stopped within ${ms / 1_000} s; the process ends now.`);
    process.exit(1);
  }, ms).unref();

/** A failed start whose cause the operator can fix; printed without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Whether the command line asks to migrate (`migrate`) instead of to serve (no arguments).
 * @param argv including the program, as in Node
 * @throws StartError for anything else
 */
export function asksToMigrate(argv: readonly string[]): boolean {
  const [command, ...rest] = argv.slice(2);
  if (command !== undefined && (command !== 'migrate' || rest.length > 0)) {
    throw new StartError(
      `Unknown command \`${argv.slice(2).join(' ')}\`: use no arguments to serve, or \`migrate\`.`,
    );
  }
  return command === 'migrate';
}
