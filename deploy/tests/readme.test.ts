import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { servePage } from './browser/serve-page.ts';
import { whereBrowsersRun } from './browser/where-browsers-run.ts';
import {
  block,
  firstConversation,
  isInstalled,
  pasteConversation,
  readme,
  type Shell,
} from './readme-conversation.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from './whole-stack/start-targets.ts';

const root = new URL('../../', import.meta.url);
/** Started like `npm start`: with every default, including limits. */
const asStarted = {
  MESSAGE_RATE: '',
  BCRYPT_COST: '',
  LOGIN_RATE: '',
  REGISTER_RATE: '',
  ADD_USERS_RATE: '',
  JOIN_RATE: '',
  FRIEND_REQUEST_RATE: '',
  API_RATE: '',
  SOCKET_EVENT_RATE: '',
  SIGNAL_RATE: '',
  NODE_ENV: '',
};
/** The lines that the conversation printed, without prompts and input. */
const reasons = (stderr: string) => stderr.match(/(auth|users|rooms)\/\S*: .*$/gm) ?? [];

describe.each<Shell>(['bash', 'zsh'])("the README's first conversation in %s", (shell) => {
  let target: EmbeddedTarget;
  beforeAll(async () => {
    target = await startEmbeddedTarget({ dataDir: temporaryFolder(), env: asStarted });
  });
  afterAll(() => target?.stop());

  test('works as printed, pasted twice into one shell and once into another', async (context) => {
    if (!isInstalled(shell)) return context.skip(`no ${shell}`);
    await firstConversation(target.url, shell, 2);
    await firstConversation(target.url, shell);
  });

  test('stops at a wrong password, reports it, and leaves the shell usable', async (context) => {
    if (!isInstalled(shell)) return context.skip(`no ${shell}`);
    await pasteConversation(shell, target.url);
    const { stdout, stderr, left } = await pasteConversation(shell, target.url, {
      edit: (code) => code.replace('correct horse', 'wrong horse'),
    });
    expect(stdout).toEqual([]);
    expect(reasons(stderr).slice(-2)).toEqual([
      'auth/register: That username is taken. Logging in.',
      'auth/login: Unknown user or wrong password.',
    ]);
    expect(left).toMatchObject({ ada: '-', room: '-' });
  });

  test('stops when no server or a foreign one responds, and leaves the shell usable', async (context) => {
    if (!isInstalled(shell)) return context.skip(`no ${shell}`);
    const other = createServer((_request, response) => response.end('<h1>It works!</h1>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const foreign = await pasteConversation(shell, url);
    await new Promise((resolve) => other.close(resolve));
    const down = await pasteConversation(shell, url);
    expect([...reasons(foreign.stderr), ...reasons(down.stderr)]).toEqual([
      'auth/register: this is not Parley',
      'auth/register: no response; is npm start running?',
    ]);
    for (const { stdout, left } of [foreign, down])
      expect({ stdout, left }).toMatchObject({ stdout: [], left: { bob: '-' } });
  });
});

await whereBrowsersRun("the README's page, in a browser", (browser) => {
  test('shows what ada and bob say to each other, as printed', async () => {
    const target = await startEmbeddedTarget({ dataDir: temporaryFolder(), env: asStarted });
    await firstConversation(target.url);
    const page = await servePage(block('html', target.url));
    expect(page.html.trim().split('\n').length).toBeLessThanOrEqual(21);
    const open = async (username: string) => {
      const tab = await browser().newPage();
      tab.on('dialog', (dialog) =>
        dialog.accept(dialog.message() === 'Username' ? username : 'correct horse battery staple'),
      );
      await tab.goto(page.origin);
      await tab.getByText('ada: Hello, Bob.').waitFor();
      return tab;
    };
    const [ada, bob] = [await open('ada'), await open('bob')];
    await ada.locator('input').fill('<b>Hello</b> from a page.');
    await ada.getByRole('button').click();
    for (const tab of [ada, bob]) await tab.getByText('ada: <b>Hello</b> from a page.').waitFor();
    page.stop();
    await target.stop();
  });
});

test("the README's first conversation stops at a rate limit and names it", async () => {
  const target = await startEmbeddedTarget({ env: { ...asStarted, REGISTER_RATE: '1/h' } });
  const { stderr, left } = await pasteConversation('bash', target.url);
  expect(reasons(stderr)).toEqual([expect.stringMatching(/^auth\/register: .*REGISTER_RATE/)]);
  expect(left).toMatchObject({ ada: '-', bob: expect.stringMatching(/^ey/) });
  await target.stop();
});

test('the README is short, and every link and picture in it is a file', () => {
  expect(readme.split('\n').length).toBeLessThan(170);
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].flatMap(([, path = '']) =>
    path.startsWith('http') ? [] : [path],
  );
  expect(links.length).toBeGreaterThan(20);
  const pictures = [...readme.matchAll(/<img src="([^"]+)"/g)].map(([, path = '']) => path);
  expect(pictures).toHaveLength(2);
  expect([...links, ...pictures].filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  for (const path of pictures) expect(statSync(new URL(path, root)).size).toBeLessThan(150_000);
});
