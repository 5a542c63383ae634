import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import type { ChatUser, Json } from '../whole-stack/chat-user.ts';

interface Received {
  event: string;
  data: Json;
  /** Time of arrival, in milliseconds since the epoch. */
  at: number;
}

/** One connection of a person, over any protocol, with everything that it has received. */
export interface Device {
  readonly name: string;
  readonly received: Received[];
  /**
   * Reason of the close by the other side: the close code, or Socket.IO's reason; undefined while
   * open.
   */
  readonly ended: string | number | undefined;
  /** Resolves to `ok`, the code of the error, or `ended`. */
  ask(event: string, data: object): Promise<string>;
  close(): void;
}

const answerWithinMs = 5_000;

const codeOf = (answer: Json): string => (answer.ok ? 'ok' : answer.error.code);

/** @throws the gateway's refusal */
export async function socketIoDevice(name: string, gateway: string, token: string): Promise<Device> {
  const socket = io(gateway, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  const received: Received[] = [];
  let ended: string | undefined;
  socket.onAny((event, data) => received.push({ event, data, at: Date.now() }));
  socket.on('disconnect', (reason) => {
    ended = reason;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error) =>
      reject(Object.assign(error, { code: (error as Json).data?.code })),
    );
  });
  return {
    name,
    received,
    get ended() {
      return ended;
    },
    ask: async (event, data) =>
      socket.connected ? codeOf(await socket.timeout(answerWithinMs).emitWithAck(event, data)) : 'ended',
    close: () => void socket.disconnect(),
  };
}

/** A plain WebSocket. @throws when it is refused */
export async function webSocketDevice(name: string, gateway: string, token: string): Promise<Device> {
  const socket = new WebSocket(`${gateway.replace('http', 'ws')}/ws`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const received: Received[] = [];
  const waiting = new Map<number, (answer: string) => void>();
  let asked = 0;
  let ended: number | undefined;
  socket.on('message', (text) => {
    const frame: Json = JSON.parse(String(text));
    if (frame.event) received.push({ event: frame.event, data: frame.data, at: Date.now() });
    else waiting.get(frame.id)?.(codeOf(frame));
  });
  socket.on('close', (code) => {
    ended = code;
    for (const answer of waiting.values()) answer('ended');
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    name,
    received,
    get ended() {
      return ended;
    },
    ask: (event, data) =>
      new Promise((answer) => {
        if (socket.readyState !== WebSocket.OPEN) return answer('ended');
        waiting.set(++asked, answer);
        socket.send(JSON.stringify({ id: asked, event, data }));
      }),
    close: () => socket.terminate(),
  };
}

/** A person's devices: Socket.IO on both gateways, a plain WebSocket on the second. */
export function devicesOf(user: ChatUser, [first, second]: readonly [string, string]): Promise<Device[]> {
  return Promise.all([
    socketIoDevice('Socket.IO on the first gateway', first, user.token),
    socketIoDevice('Socket.IO on the second gateway', second, user.token),
    webSocketDevice('WebSocket on the second gateway', second, user.token),
  ]);
}
