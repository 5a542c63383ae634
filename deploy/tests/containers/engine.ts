import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, test } from 'vitest';

const run = promisify(execFile);

const forDocker = [
  'PATH',
  'HOME',
  'XDG_RUNTIME_DIR',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
];
/**
 * The environment that docker needs to find its engine, and nothing else: the user's own settings
 * must not reach the containers.
 */
const environment = Object.fromEntries(
  forDocker.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);

/**
 * Runs docker and returns its stdout. @throws with all output when it fails or takes over 15
 * minutes
 */
export async function docker(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  try {
    const options = { env: { ...environment, ...env }, timeout: 900_000, maxBuffer: 64 * 1_024 * 1_024 };
    return (await run('docker', args, options)).stdout;
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message.split('\n')[0]}\n${stdout}\n${stderr}`);
  }
}

/** Synchronous variant, for the end of the process. */
export function dockerNow(args: readonly string[], env: Record<string, string> = {}): void {
  spawnSync('docker', args, { env: { ...environment, ...env }, stdio: 'ignore', timeout: 120_000 });
}

function whatIsMissing(): string | undefined {
  for (const args of [['info'], ['compose', 'version']]) {
    const { status, error } = spawnSync('docker', args, {
      env: environment,
      stdio: 'ignore',
      timeout: 20_000,
    });
    if (error || status !== 0)
      return `no Docker engine with Compose is at hand: \`docker ${args.join(' ')}\` fails`;
  }
  return undefined;
}

/**
 * Tests that need a Docker engine. Without one, a single test reports that instead, and the run's
 * summary repeats it.
 */
export function whereContainersRun(title: string, suite: () => void): void {
  const missing = whatIsMissing();
  if (missing) test(title, ({ skip }) => skip(missing));
  else describe(title, suite);
}
