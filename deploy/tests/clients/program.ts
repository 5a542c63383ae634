import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from '@parley/testkit';
import { afterEach } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { python } from './python.ts';

/** A client program in its own process. */
export interface Program {
  /** Types a line. */
  type(line: string): void;
  /** Makes the user act, and returns the program's result. */
  act(action: string, ...args: unknown[]): Promise<Json>;
  /** Everything printed so far for that event. */
  all(event: string): Json[];
  /** Resolves with the first event, once printed, that has these fields or is this text. */
  prints(event: string, expected?: string | Record<string, unknown>): Promise<Json>;
  /** Closes it like a user who closes a window. */
  close(): void;
}

/** Starts programs of `programs/`, and ends them after each test. */
export function createPrograms() {
  const running: Program[] = [];
  afterEach(() => {
    for (const program of running.splice(0)) program.close();
  });
  return (name: string, args: readonly string[], env: Record<string, string> = {}): Program => {
    const program = startProgram(name, args, env);
    running.push(program);
    return program;
  };
}

function startProgram(name: string, args: readonly string[], env: Record<string, string>): Program {
  const path = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const interpreter = name.endsWith('.py') ? python : process.execPath;
  const child = spawn(interpreter, [path, ...args], {
    env: { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1', ...env },
  });
  const printed: { event: string; data: Json }[] = [];
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => printed.push(JSON.parse(line)));
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined);
  const close = () => void child.kill('SIGKILL');
  process.once('exit', close);
  child.once('close', () => process.removeListener('exit', close));

  const all = (event: string) => printed.filter((one) => one.event === event).map(({ data }) => data);
  const output = () => `${printed.map((one) => JSON.stringify(one)).join('\n')}\n${stderr}`;
  const prints: Program['prints'] = (event, expected = {}) =>
    eventually(() => {
      const found = all(event).find((data) => matches(data, expected));
      if (found === undefined)
        throw new Error(`${name} printed no ${event} ${JSON.stringify(expected)}, but:\n${output()}`);
      return found;
    });
  let actions = 0;
  return {
    all,
    close,
    type: (line) => void child.stdin.write(`${line}\n`),
    prints,
    act: async (action, ...args) => {
      const number = ++actions;
      child.stdin.write(`${JSON.stringify([number, action, ...args])}\n`);
      const result = await prints('result', { number });
      if ('error' in result) throw new Error(`${name}: ${action}: ${result.error}`);
      return result.value;
    },
  };
}

function matches(data: Json, expected: string | Record<string, unknown>): boolean {
  if (typeof expected === 'string') return data === expected;
  return Object.entries(expected).every(([name, value]) => data?.[name] === value);
}
