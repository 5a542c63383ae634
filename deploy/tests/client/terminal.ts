import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from '@parley/testkit';
import type { Json } from '../whole-stack/chat-user.ts';

const bin = fileURLToPath(new URL('../../../libs/client/bin/parley.mjs', import.meta.url));

/** `parley` in its own process, with its own folder of profiles. */
export interface Terminal {
  /** Types a line. */
  type(line: string): void;
  /** The lines that it has printed. */
  readonly stdout: readonly string[];
  /** All printed events of that type, parsed. */
  printed(type: string): Json[];
  /** Ends the input. */
  end(): void;
  /** Resolves when the process has ended. */
  readonly exit: Promise<{ code: number | null; stdout: string[]; stderr: string }>;
  untilReady(): Promise<Json>;
  kill(): void;
}

export function parley(args: readonly string[], env: Record<string, string>): Terminal {
  const child = spawn(process.execPath, [bin, ...args], { env: { PATH: process.env.PATH ?? '', ...env } });
  const stdout: string[] = [];
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => stdout.push(line));
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined);
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const exit = new Promise<{ code: number | null; stdout: string[]; stderr: string }>((resolve) => {
    child.once('close', (code) => {
      process.removeListener('exit', kill);
      resolve({ code, stdout, stderr });
    });
  });
  const printed = (type: string) =>
    stdout.map((line): Json => JSON.parse(line)).filter((value) => value.type === type);
  return {
    stdout,
    exit,
    kill,
    printed,
    type: (line) => void child.stdin.write(`${line}\n`),
    end: () => void child.stdin.end(),
    untilReady: () =>
      eventually(() => {
        const [ready] = printed('ready');
        if (!ready) throw new Error(`parley ${args.join(' ')} is not ready: ${stdout.join('\n')}${stderr}`);
        return ready;
      }),
  };
}

/** Runs a command that needs no input. */
export async function run(args: readonly string[], env: Record<string, string>) {
  const terminal = parley(args, env);
  terminal.end();
  return terminal.exit;
}
