import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { eventually, temporaryFolder } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';
import { createProgram } from './program.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Runs a command at a terminal. */
function atTerminal(url: string, ...args: string[]) {
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const [stdin, stdout, stderr] = [terminal(), terminal(), terminal()];
  let shown = '';
  for (const stream of [stdout, stderr]) stream.on('data', (text) => (shown += text));
  const streams = { stdin, stdout, stderr } as unknown as Parameters<typeof createProgram>[0];
  const program = createProgram(streams, {
    url,
    password: undefined,
    folder: temporaryFolder(),
    noColor: true,
    command: 'npx parley',
  });
  return {
    done: program.parseAsync(args, { from: 'user' }),
    shown: () => shown,
    type: (text: string) => stdin.push(text),
  };
}

async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([['login', 'ada'], ['login'], ['register', 'ada', '--email', 'ada@example.org'], ['register']])(
  '%s %s does not ask for input while no server responds',
  async (...args) => {
    const url = await serve(() => undefined);
    for (const server of servers.splice(0)) server.close();
    const { done, shown } = atTerminal(url, ...args);
    await expect(done).rejects.toMatchObject({ code: 'network' });
    expect(shown()).toBe('');
  },
);

test('the password is requested after Parley has responded, and is hidden', async () => {
  let responds: () => void = () => undefined;
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') responds = () => response.end('{"keys":[]}');
    else
      response
        .writeHead(401)
        .end('{"code":"invalid_credentials","detail":"Unknown user or wrong password."}');
  });
  const { done, shown, type } = atTerminal(url, 'login', 'ada');
  done.catch(() => undefined);
  await eventually(() => expect(asked).toHaveLength(1));
  expect(shown()).toBe('');
  responds();
  await eventually(() => expect(shown()).toBe('Password: '));
  type('correct horse\r');
  await expect(done).rejects.toThrow('Unknown user or wrong password.');
  expect(shown().trim()).toBe('Password:');
});
