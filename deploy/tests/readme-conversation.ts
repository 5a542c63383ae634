import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';

const root = new URL('../../', import.meta.url);
export const readme = readFileSync(new URL('README.md', root), 'utf8');

/** The first example of the README in that language, for the system at `url`. */
export const block = (language: string, url: string): string => {
  const [, code = ''] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
  return code.replaceAll('http://127.0.0.1:3000', url);
};

/** Common interactive shells, without the user's configuration. */
const shells = { bash: ['--norc', '--noprofile', '-i'], zsh: ['-f', '-i'] };
export type Shell = keyof typeof shells;
export const isInstalled = (shell: Shell) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

export interface Pasted {
  /** The conversation's output, without prompts. */
  stdout: string[];
  stderr: string;
  /** The variables that remain; undefined if the shell did not survive. */
  left: { ada: string; bob: string; room: string } | undefined;
}

/** Pastes the README's first conversation into a shell, `times` times. */
export async function pasteConversation(
  shell: Shell,
  url: string,
  { times = 1, edit = (code) => code }: { times?: number; edit?: (code: string) => string } = {},
): Promise<Pasted> {
  // In its own session; otherwise the shell would take over the tests' terminal.
  const child = spawn(shell, shells[shell], {
    detached: true,
    env: { PATH: process.env.PATH ?? '', HISTFILE: '/dev/null' },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdin.end(
    `${edit(block('sh', url)).repeat(times)}
printf 'left %s %s %s\\n' "\${ADA:--}" "\${BOB:--}" "\${ROOM:--}"
`,
  );
  await new Promise((resolve) => child.once('close', resolve));
  const lines = stdout.trim().split('\n');
  const [, ada = '', bob = '', room = ''] = /^left (\S+) (\S+) (\S+)$/.exec(lines.at(-1) ?? '') ?? [];
  return { stdout: lines.slice(0, -1), stderr, left: ada ? { ada, bob, room } : undefined };
}

/** The README's first conversation as printed, by curl and by Socket.IO; may be repeated. */
export async function firstConversation(url: string, shell: Shell = 'bash', times = 1): Promise<void> {
  const { stdout, stderr, left } = await pasteConversation(shell, url, { times });
  expect(stdout, stderr).toHaveLength(2 * times);
  const [sent, history] = stdout.slice(-2).map((line) => JSON.parse(line));
  expect(sent).toMatchObject({ content: 'Hello, Bob.', username: 'ada', roomId: left?.room });
  expect(history.messages.at(-1)).toEqual(sent);

  const script = new URL(`deploy/tests/readme-chat-${process.pid}.mjs`, root);
  try {
    writeFileSync(script, block('js', url));
    const said = await firstLines(2, script.pathname, left?.bob ?? '', left?.room ?? '');
    expect(said.sort()).toEqual([`acknowledged as number ${sent.seq + 1}`, 'bob: Hello from a socket.']);
  } finally {
    rmSync(script, { force: true });
  }
}

/** The first output, on either stream, of a program that runs until it is killed. */
async function firstLines(count: number, ...args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length >= count) child.kill();
    });
  }
  await closed;
  return lines;
}
