import { ConfigError } from './config.ts';

/** A part that runs until it is stopped. `stop` is idempotent, ends within its own deadline, and leaves nothing behind. */
export interface Running {
  stop(): Promise<void>;
  /** The longest that `stop` should take. @default 25_000 */
  readonly stopWithinMs?: number;
}

const defaultStopWithinMs = 25_000;

/**
 * The body of every `main.ts`: start, stop once on SIGTERM or SIGINT, leave with 0; with 1 and one clear line if starting fails.
 * A second signal, or `stopWithinMs` after the first, ends the process at once.
 */
export async function runMain(start: () => Promise<Running>): Promise<void> {
  const starting = start();
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
    // A signal during the start waits for it: what is half started would leave orphans.
    const late = setTimeout(() => process.exit(1), defaultStopWithinMs).unref();
    const running = await starting.catch(() => undefined);
    clearTimeout(late);
    setTimeout(() => process.exit(1), running?.stopWithinMs ?? defaultStopWithinMs).unref();
    await running?.stop();
    process.exit(0);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    stop(signal).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  try {
    await starting;
  } catch (error) {
    if (stopping) return;
    const expected = error instanceof ConfigError || (error instanceof Error && error.name === 'StartError');
    console.error(expected ? (error as Error).message : error);
    process.exit(1);
  }
}

/** A start that cannot succeed for a reason the operator can mend; printed without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * What the command line of a service asks for: nothing means serving, `migrate` its migrations alone.
 * @param argv with the program in front, as Node has it
 * @throws StartError at anything else
 */
export function asksToMigrate(argv: readonly string[]): boolean {
  const [command, ...rest] = argv.slice(2);
  if (command !== undefined && (command !== 'migrate' || rest.length > 0)) {
    throw new StartError(
      `\`${argv.slice(2).join(' ')}\` is not understood: start it without arguments to serve, or with \`migrate\`.`,
    );
  }
  return command === 'migrate';
}
