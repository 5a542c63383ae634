import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { eventually } from '@parley/testkit';
import { afterEach } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { bundleProgram } from './bundle-program.ts';
import { python } from './python.ts';

/** A client program with its own copy of every library. */
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

/** Settings of a program. */
export interface ProgramSettings {
  SOCKET_IO_CLIENT?: string;
  TOKEN_BY?: string;
}

/** Starts programs of `programs/`, and ends them after each test. */
export function createPrograms() {
  const running: Program[] = [];
  afterEach(() => {
    for (const program of running.splice(0)) program.close();
  });
  return async (name: string, args: readonly string[], settings: ProgramSettings = {}): Promise<Program> => {
    const ports = name.endsWith('.py') ? startPython(name, args) : await startThread(name, args, settings);
    const program = operate(name, ports);
    running.push(program);
    return program;
  };
}

interface Ports {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  close(): void;
}

function startPython(name: string, args: readonly string[]): Ports {
  const path = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const child = spawn(python, [path, ...args], {
    env: { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1' },
  });
  const { stdin, stdout, stderr } = child;
  const close = () => void child.kill('SIGKILL');
  process.once('exit', close);
  child.once('close', () => process.removeListener('exit', close));
  return { stdin, stdout, stderr, close };
}

/** A thread starts in a third of the time of a process. Ending it closes its sockets, too. */
async function startThread(name: string, args: readonly string[], settings: ProgramSettings): Promise<Ports> {
  const { SOCKET_IO_CLIENT, ...env } = settings;
  const thread = new Worker(await bundleProgram(name, SOCKET_IO_CLIENT), {
    ...{ argv: [...args], env: { ...env } },
    ...{ stdin: true, stdout: true, stderr: true },
  });
  const { stdin, stdout, stderr } = thread;
  if (!stdin) throw new Error('the thread has no stdin');
  thread.once('error', (error) => stderr.emit('data', `${error.stack}`));
  return { stdin, stdout, stderr, close: () => void thread.terminate() };
}

function operate(name: string, { stdin, stdout, stderr, close }: Ports): Program {
  const printed: { event: string; data: Json }[] = [];
  let complaints = '';
  createInterface({ input: stdout }).on('line', (line) => printed.push(JSON.parse(line)));
  stderr.on('data', (text) => {
    complaints += text;
  });
  stdin.on('error', () => undefined);

  const all = (event: string) => printed.filter((one) => one.event === event).map(({ data }) => data);
  const output = () => `${printed.map((one) => JSON.stringify(one)).join('\n')}\n${complaints}`;
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
    type: (line) => void stdin.write(`${line}\n`),
    prints,
    act: async (action, ...args) => {
      const number = ++actions;
      stdin.write(`${JSON.stringify([number, action, ...args])}\n`);
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
