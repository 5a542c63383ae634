import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { startProcess } from '@parley/testkit';
import { expect, test } from 'vitest';
import { request } from '../whole-stack/chat-user.ts';
import { startEmbeddedTarget } from '../whole-stack/start-targets.ts';

const folder = new URL('../../../libs/client/', import.meta.url);
const readme = readFileSync(new URL('README.md', folder), 'utf8');

test("the example in the client's README works as printed", async () => {
  const target = await startEmbeddedTarget();
  for (const username of ['ada', 'bob']) {
    await request(target.url, 'POST', '/api/v1/auth/register', {
      username,
      email: `${username}@example.org`,
      password: 'correct horse',
    });
  }
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(example.trim().split('\n').length).toBeLessThanOrEqual(16);
  const entry = new URL(`readme-example-${process.pid}.ts`, import.meta.url);
  writeFileSync(entry, example.replaceAll('http://127.0.0.1:3000', target.url));
  try {
    const program = await startProcess({ entry });
    await program.waitForLine(/^stored as number 3$/);
    await program.waitForLine(/^ada: Hello, Bob\.$/);
    expect(program.output()).toContain('(online)');
    program.kill('SIGKILL');
    await program.ended();
  } finally {
    rmSync(entry, { force: true });
    await target.stop();
  }
});

test("every link in the client's README leads to a file", () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, path = '']) => path);
  expect(links.filter((path) => !existsSync(new URL(path, folder)))).toEqual([]);
});
