import { connect, type Socket } from 'node:net';
import { newId } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import { WebSocket } from 'ws';
import { type ChatUser, request } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';

interface Attack {
  name: string;
  /** Needs the limits of a usual configuration. */
  needsRates?: true;
  run(target: Target, attacker: ChatUser): Promise<unknown>;
}

const many = 20_000;
const polling = '/socket.io/?EIO=4&transport=polling';

/** A masked text frame of a client; the mask is empty. Up to 125 bytes. */
const frame = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

/** Opens a Socket.IO session, writes everything at once, and waits for its end. */
async function writeAtOnce(gateway: string, written: Buffer): Promise<void> {
  const socket = new WebSocket(`${gateway.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const ended = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
  socket.once('open', () => {
    (socket as unknown as { _socket: Socket })._socket.write(written);
  });
  await ended;
}

async function postAtOnce(gateway: string, body: string): Promise<void> {
  const opened = await (await fetch(gateway + polling)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const url = `${gateway}${polling}&sid=${sid}`;
  await Promise.all([fetch(url).then((answer) => answer.text()), fetch(url, { method: 'POST', body })]);
}

const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const floodOf = (packet: string): Buffer => Buffer.concat(Array<Buffer>(many).fill(frame(packet)));
const connects = floodOf('40');
const loops = floodOf('40{"token":"forged"}');
const manyConnects = Array<string>(many).fill('40').join('\x1e');

/** Answers pings of Engine.IO that it does not read. */
async function answerBlindly(gateway: string, { token }: ChatUser): Promise<void> {
  const socket = new WebSocket(`${gateway.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  await new Promise((resolve, reject) => socket.once('message', resolve).once('error', reject));
  socket.send(`40${JSON.stringify({ token })}`);
  await new Promise((resolve) => socket.once('message', resolve));
  socket.pause();
  for (let count = 0; count < 50; count++) {
    socket.send('3');
    socket.pong('guessed');
    await pause(20);
  }
  socket.terminate();
}

/** Opens connections, writes to them, and reads nothing. */
async function withSilentClients(gateway: string, written: string): Promise<void> {
  const { hostname, port } = new URL(gateway);
  const sockets = Array.from({ length: 50 }, () =>
    connect(Number(port), hostname)
      .on('error', () => undefined)
      .pause(),
  );
  for (const socket of sockets) socket.write(written);
  await pause(1_000);
  for (const socket of sockets) socket.destroy();
}

export const attacks: readonly Attack[] = [
  {
    name: '30 password changes at once (18)',
    needsRates: true,
    run: (_target, attacker) =>
      times(30, (index) =>
        attacker.call('POST', '/api/v1/auth/password', {
          currentPassword: `wrong ${index}`,
          newPassword: 'another horse',
        }),
      ),
  },
  {
    name: '30 logins with wrong passwords at once (19)',
    needsRates: true,
    run: ({ url }, { username }) =>
      times(30, (index) =>
        request(url, 'POST', '/api/v1/auth/login', { username, password: `wrong ${index}` }),
      ),
  },
  {
    name: '400 requests with forged tokens (20)',
    needsRates: true,
    run: ({ url }, { token }) =>
      times(10, async (lane) => {
        for (let count = 0; count < 40; count++)
          await request(url, 'GET', '/api/v1/rooms', undefined, `${token.slice(0, -9)}${lane}${count}forged`);
      }),
  },
  {
    name: '400 requests for /readyz (20)',
    run: ({ gateways: [gateway] }) =>
      times(10, async () => {
        for (let count = 0; count < 40; count++) await (await fetch(`${gateway}/readyz`)).text();
      }),
  },
  {
    name: '300 edits and 300 reactions at once (21)',
    needsRates: true,
    run: async ({ gateways: [gateway] }, attacker) => {
      const room = await attacker.must('POST', '/api/v1/rooms', { name: 'loud' });
      const message = await attacker.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'x' });
      const socket = await attacker.connect(gateway);
      for (let count = 0; count < 300; count++) {
        const one = { roomId: room.id, messageId: message.id };
        socket.emit('edit_message', { ...one, content: `${count}` });
        socket.emit('react_message', { ...one, reaction: '👍', on: count % 2 === 0 });
      }
      await pause(1_000);
      socket.disconnect();
    },
  },
  {
    name: '20,000 CONNECT packets in one write, by five clients (22)',
    run: ({ gateways: [gateway] }) => times(5, () => writeAtOnce(gateway, connects)),
  },
  {
    name: '20,000 CONNECT packets with forged tokens in one write, by five clients (22)',
    run: ({ gateways: [gateway] }) => times(5, () => writeAtOnce(gateway, loops)),
  },
  {
    name: '20,000 CONNECT packets in one polling request, by five clients (22)',
    run: ({ gateways: [gateway] }) => times(5, () => postAtOnce(gateway, manyConnects)),
  },
  {
    name: '60 times `resume` of 500 unknown rooms, then the connection closes (23)',
    needsRates: true,
    run: async ({ gateways: [gateway] }, attacker) => {
      const socket = await attacker.connect(gateway);
      const rooms = Array.from({ length: 500 }, () => ({ roomId: newId(), seq: 0 }));
      for (let count = 0; count < 60; count++) socket.emit('resume', { rooms });
      await pause(500);
      socket.disconnect();
    },
  },
  {
    name: '20 times `sync` of 500 unknown rooms (23)',
    run: (_target, attacker) => {
      const rooms = Array.from({ length: 500 }, () => ({ roomId: newId(), seq: 0 }));
      return times(20, () => attacker.call('POST', '/api/v1/sync', { rooms }));
    },
  },
  {
    name: '50 requests that are never finished (24)',
    run: ({ gateways: [gateway] }) =>
      withSilentClients(gateway, 'POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\n'),
  },
  {
    name: '30 clients that answer heartbeats and read nothing (24)',
    run: ({ gateways: [gateway] }, attacker) => times(30, () => answerBlindly(gateway, attacker)),
  },
  {
    name: '50 clients that request much and read nothing (24)',
    run: ({ gateways: [gateway] }) =>
      withSilentClients(gateway, 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(10)),
  },
];
