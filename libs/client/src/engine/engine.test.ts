import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { Engine } from './engine.ts';
import type { TransportName } from './transport.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Script {
  /** The response to each GET; undefined: none yet. */
  poll?: (n: number) => string | undefined;
  /** The first packet of a WebSocket, and the code by which it is then closed. */
  socket?: { says: string; closes?: number };
}

/** A server that follows a script, and what reaches it. */
async function serve({ poll, socket }: Script) {
  const posts: string[] = [];
  let polls = 0;
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      posts.push(await textOf(request));
      response.end('ok');
      return;
    }
    const answer = poll?.(polls++);
    if (answer !== undefined) response.end(answer);
  });
  if (socket) {
    new WebSocketServer({ server }).on('connection', (accepted) => {
      accepted.send(socket.says);
      if (socket.closes) accepted.close(socket.closes);
    });
  } else server.on('upgrade', (_request, connection) => connection.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/socket.io/`, posts, polls: () => polls };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

/** Opens a connection, and records what it reports. */
function open(url: string, transports: TransportName[], onOpen: (engine: Engine) => void = () => undefined) {
  const reports: unknown[][] = [];
  const engine: Engine = new Engine({
    url,
    query: {},
    transports,
    onOpen: () => {
      reports.push(['open']);
      onOpen(engine);
    },
    onPacket: () => undefined,
    onMessage: (message) => reports.push(['message', message]),
    onEnd: (reason, code) => reports.push(['end', reason, ...(code === undefined ? [] : [code])]),
  });
  closing.push(() => engine.close());
  return { engine, reports };
}

const handshake = ({ maxPayload = 1_000, pingInterval = 25_000 } = {}) =>
  `0${JSON.stringify({ sid: 'abc', upgrades: [], pingInterval, pingTimeout: 0, maxPayload })}`;
const first = (answer: string) => (n: number) => (n === 0 ? answer : undefined);

test('a response of another server ends the connection, and no further request follows', async () => {
  for (const answer of ['<p>Hello</p>', '', '0<', '{}']) {
    const server = await serve({ poll: () => answer });
    const { reports } = open(server.url, ['polling']);
    await eventually(() => expect(reports).toEqual([['end', expect.any(String)]]));
    expect(server.polls()).toBe(1);
  }
});

test('a proxy that answers instead of the server ends a connection that was open', async () => {
  const server = await serve({ poll: (n) => (n === 0 ? handshake() : '<p>Log in</p>') });
  const { reports } = open(server.url, ['polling']);
  await eventually(() => expect(reports).toEqual([['open'], ['end', 'transport error']]));
  expect(server.polls()).toBe(2);
});

test('the packets of one response are messages in order, and the last one may close', async () => {
  const server = await serve({ poll: first([handshake(), '4one', '6', '4two', '1'].join('\x1e')) });
  const { reports } = open(server.url, ['polling']);
  const ended = [['open'], ['message', 'one'], ['message', 'two'], ['end', 'transport close']];
  await eventually(() => expect(reports).toEqual(ended));
  expect(server.posts).toEqual([]);
});

test('polling sends in order, and no more at once than the server accepts', async () => {
  const server = await serve({ poll: first(handshake({ maxPayload: 60 })) });
  const messages = Array.from({ length: 9 }, (_, index) => `${index}`.repeat(index === 4 ? 30 : 5));
  open(server.url, ['polling'], (engine) => {
    for (const message of messages) engine.send(message);
    engine.close();
  });
  await eventually(() => expect(server.posts.at(-1)).toMatch(/1$/));
  const packets = server.posts.flatMap((post) => post.split('\x1e'));
  expect(packets).toEqual([...messages.map((message) => `4${message}`), '1']);
  const tooLong = server.posts.filter((post) => post.length * 3 > 60);
  expect(tooLong).toEqual([`4${messages[4]}`]);
});

test('a ping is answered, and a server that sends none in time is gone', async () => {
  const server = await serve({ poll: first([handshake({ pingInterval: 100 }), '2'].join('\x1e')) });
  const { reports } = open(server.url, ['polling']);
  await eventually(() => expect(reports).toEqual([['open'], ['end', 'ping timeout']]));
  await eventually(() => expect(server.posts).toEqual(['3', '1']));
});

test('a WebSocket reports the code by which the server closes it', async () => {
  const server = await serve({ socket: { says: handshake(), closes: 4001 } });
  const { reports } = open(server.url, ['websocket', 'polling']);
  await eventually(() => expect(reports).toEqual([['open'], ['end', 'transport close', 4001]]));
});

test('polling follows a refused WebSocket, and the last reason is reported', async () => {
  const server = await serve({ poll: first(handshake()) });
  const { reports } = open(server.url, ['websocket', 'polling']);
  await eventually(() => expect(reports).toEqual([['open']]));
  closing.pop()?.();
  closing.pop()?.();
  const nobody = open(server.url, ['websocket', 'polling']);
  await eventually(() => expect(nobody.reports).toEqual([['end', 'ECONNREFUSED']]));
});
