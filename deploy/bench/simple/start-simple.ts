import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from '@parley/runtime';
import jwt from 'jsonwebtoken';
import { Server, type Socket } from 'socket.io';
import { SimpleStore } from '../stores/simple-store.ts';
import { answerHistory } from './history.ts';

export interface SimpleServer extends Running {
  url: string;
}

interface Sent {
  roomId: string;
  content: string;
  clientId: string;
}
type Acknowledge = (answer: unknown) => void;

/**
 * The usual chat server: one process, one database. It checks a token at connect. Per message it
 * runs one membership query, one insert, and `io.to(room).emit`. It is written for production, with
 * prepared connections and no needless work.
 */
export async function startSimple({
  databaseUrl,
  secret,
}: {
  databaseUrl: string;
  secret: string;
}): Promise<SimpleServer> {
  const store = new SimpleStore(databaseUrl);
  const userOf = (token: unknown) => String(jwt.verify(String(token), secret, { algorithms: ['HS256'] }).sub);
  const http = createServer((request, response) => void answerHistory({ store, userOf }, request, response));
  const io = new Server(http, { transports: ['websocket'], serveClient: false });

  io.use((socket, next) => {
    try {
      socket.data.userId = userOf(socket.handshake.auth.token);
      next();
    } catch {
      next(new Error('unauthenticated'));
    }
  });
  io.on('connection', (socket) => {
    socket.on(
      'join_room',
      (payload: { roomId: string }, acknowledge: Acknowledge) =>
        void answer(acknowledge, join(socket, payload)),
    );
    socket.on(
      'send_message',
      (payload: Sent, acknowledge: Acknowledge) => void answer(acknowledge, send(socket, payload)),
    );
  });

  const requireMember = async (roomId: string, userId: string) => {
    if (!(await store.isMember(roomId, userId))) throw new Error('not_authorized');
  };
  const join = async (socket: Socket, { roomId }: { roomId: string }) => {
    await requireMember(roomId, socket.data.userId);
    await socket.join(roomId);
    return { roomId };
  };
  const send = async (socket: Socket, { roomId, content, clientId }: Sent) => {
    const { userId } = socket.data;
    await requireMember(roomId, userId);
    const message = await store.addMessage({ roomId, userId, content, clientId });
    io.to(roomId).emit('receive_message', message);
    return { id: message.id, createdAt: message.createdAt };
  };

  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      await io.close();
      await store.close();
    },
  };
}

async function answer(acknowledge: Acknowledge, work: Promise<unknown>): Promise<void> {
  await work.then(
    (data) => acknowledge({ ok: true, data }),
    (error: Error) => acknowledge({ ok: false, error: { message: error.message } }),
  );
}
