import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from '@parley/runtime';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

interface RoomEvent {
  roomId: string;
}

export interface Hub extends Running {
  url: string;
}

/**
 * A Socket.IO server with rooms and nothing else: no authentication, no storage; it forwards each
 * message unchanged. It is the limit of the technology below Parley. It acknowledges joins, because
 * the load must wait for them, but no messages.
 */
export async function startHub({ redisUrl }: { redisUrl: string | undefined }): Promise<Hub> {
  const http = createServer();
  const clients = redisUrl ? [new Redis(redisUrl), new Redis(redisUrl)] : [];
  const [publisher, subscriber] = clients;
  const io = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    ...(publisher && subscriber && { adapter: createAdapter(publisher, subscriber) }),
  });
  io.on('connection', (socket) => {
    socket.on('join_room', async ({ roomId }: RoomEvent, acknowledge: (answer: unknown) => void) => {
      await socket.join(roomId);
      acknowledge({ ok: true });
    });
    socket.on('send_message', (message: RoomEvent) => io.to(message.roomId).emit('receive_message', message));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      await io.close();
      for (const client of clients) client.disconnect();
    },
  };
}
