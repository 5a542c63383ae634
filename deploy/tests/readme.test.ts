import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedTarget, startEmbeddedTarget } from './whole-stack/start-targets.ts';

const root = new URL('../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const run = promisify(execFile);

const block = (language: string): string => {
  const [, code = ''] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
  return code;
};

describe('the README', () => {
  let target: EmbeddedTarget;
  const script = new URL(`deploy/tests/readme-chat-${process.pid}.mjs`, root);
  beforeAll(async () => {
    // As `npm start` is: with every default, limits included.
    target = await startEmbeddedTarget({
      dataDir: temporaryFolder(),
      env: { MESSAGE_RATE: '', BCRYPT_COST: '', LOGIN_RATE: '', API_RATE: '', NODE_ENV: '' },
    });
  });
  afterAll(async () => {
    rmSync(script, { force: true });
    await target?.stop();
  });

  test('its first conversation works as printed, by curl and by Socket.IO', async () => {
    const here = (code: string) => code.replaceAll('http://127.0.0.1:3000', target.url);
    const conversation = `set -euo pipefail\n${here(block('sh'))}\nprintf '%s\\n' "$BOB" "$ROOM"`;
    const { stdout } = await run('bash', ['-c', conversation]);
    const [found, joined, sent, history, bob, room] = stdout.trim().split('\n');
    expect(JSON.parse(found ?? '')).toMatchObject({ users: [{ username: 'bob' }] });
    expect(JSON.parse(joined ?? '')).toMatchObject({ id: room });
    expect(JSON.parse(sent ?? '')).toMatchObject({ content: 'Hello, Bob.', username: 'ada' });
    expect(JSON.parse(history ?? '').messages).toMatchObject([{ content: 'Hello, Bob.' }]);

    writeFileSync(script, `${here(block('js'))}\nsetTimeout(() => process.exit(), 2_000);`);
    const chat = await run(process.execPath, [script.pathname, bob ?? '', room ?? '']);
    expect(chat.stdout.trim().split('\n').sort()).toEqual(['acknowledged as number 4', 'bob: Hello from a socket.']);
  });

  test('it is short, and every link in it leads somewhere', () => {
    expect(readme.split('\n').length).toBeLessThan(150);
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].flatMap(([, path = '']) => (path.startsWith('http') ? [] : [path]));
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});
