import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'vitest';

const root = new URL('../../', import.meta.url);
export const readme = readFileSync(new URL('README.md', root), 'utf8');
const run = promisify(execFile);

const block = (language: string): string => {
  const [, code = ''] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
  return code;
};

/** The README's first conversation as printed, by curl and by Socket.IO, on a system where nobody is registered yet. */
export async function firstConversation(url: string): Promise<void> {
  const here = (code: string) => code.replaceAll('http://127.0.0.1:3000', url);
  const conversation = `set -euo pipefail\n${here(block('sh'))}\nprintf '%s\\n' "$BOB" "$ROOM"`;
  const { stdout } = await run('bash', ['-c', conversation]);
  const [found, joined, sent, history, bob, room] = stdout.trim().split('\n');
  expect(JSON.parse(found ?? '')).toMatchObject({ users: [{ username: 'bob' }] });
  expect(JSON.parse(joined ?? '')).toMatchObject({ id: room });
  expect(JSON.parse(sent ?? '')).toMatchObject({ content: 'Hello, Bob.', username: 'ada' });
  expect(JSON.parse(history ?? '').messages).toMatchObject([{ content: 'Hello, Bob.' }]);

  const script = new URL(`deploy/tests/readme-chat-${process.pid}.mjs`, root);
  try {
    writeFileSync(script, `${here(block('js'))}\nsetTimeout(() => process.exit(), 2_000);`);
    const chat = await run(process.execPath, [script.pathname, bob ?? '', room ?? '']);
    expect(chat.stdout.trim().split('\n').sort()).toEqual(['acknowledged as number 4', 'bob: Hello from a socket.']);
  } finally {
    rmSync(script, { force: true });
  }
}
