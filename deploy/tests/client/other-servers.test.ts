import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createClient } from '@parley/client';
import { temporaryFolder } from '@parley/testkit';
import { Server } from 'socket.io';
import { afterAll, expect, test } from 'vitest';
import { run } from './terminal.ts';

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

/** A server that accepts connections and does this with each. */
async function serve(handle: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    handle(socket);
  });
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// Node's `fetch` reports that only if the connection ends after it has sent the request.
const closedEarly = /closed the connection without a response|does not respond within 10 s/;
const page = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 11\r\n\r\n<p>Hello</p>';
const cases: [does: string, handle: (socket: Socket) => void, said: RegExp][] = [
  ['closes each connection', (socket) => socket.end(), closedEarly],
  ['destroys each connection', (socket) => socket.destroy(), closedEarly],
  [
    'closes after the request',
    (socket) => socket.once('data', () => socket.end()),
    /closed the connection without a response/,
  ],
  ['never answers', (socket) => socket.resume(), /does not respond within 10 s/],
  ['speaks another protocol', (socket) => socket.end('SSH-2.0-Test\r\n'), /does not speak HTTP/],
  [
    'answers with HTML',
    (socket) => socket.once('data', () => socket.end(page)),
    /answered 200, but not as Parley does/,
  ],
];

test.concurrent('at a server without TLS, https:// is answered with the advice to use http://', async () => {
  const url = await serve((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  const env = { PARLEY_CONFIG_DIR: temporaryFolder() };
  const { code, stderr } = await run(['login', 'ada', '--url', url.replace('http:', 'https:')], env);
  expect([code, stderr]).toEqual([1, expect.stringContaining('does not speak TLS (use http://)')]);
});

test.concurrent.each(cases)(
  'at a server that %s, a command ends with exit code 1, the address, and --url',
  async (_does, handle, said) => {
    const url = await serve(handle);
    const env = { PARLEY_CONFIG_DIR: temporaryFolder(), PARLEY_PASSWORD: 'correct horse' };
    const { code, stderr } = await run(['login', 'ada', '--url', url], env);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(said) });
    expect(stderr).toMatch(new RegExp(`^parley: ${url} [^\\n]+ --url or PARLEY_URL\\.\\n$`));
  },
);

test.concurrent('at another Socket.IO server, a session waits and says so', async () => {
  const http = createHttpServer();
  const io = new Server(http, { transports: ['webtransport'] });
  closing.push(() => void io.close());
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const later = Date.now() + 3_600_000;
  const tokens = { userId: 'ada', username: 'ada', accessToken: 'a', refreshToken: 'r' };
  const client = createClient({ url, tokens: { ...tokens, expiresAt: later, renewAt: later } });
  const session = client.connect();
  const { message } = await new Promise<{ message: string }>((resolve) => session.on('offline', resolve));
  session.close();
  expect(message).toContain('Another Socket.IO server responds there.');
});
