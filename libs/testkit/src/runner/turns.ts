import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Turns {
  port: number;
  stop(): void;
}

/** Gives turns to the processes of a run, first come, first served, `atOnce` at a time. */
export async function startTurns(atOnce: number): Promise<Turns> {
  const waiting: Socket[] = [];
  let free = atOnce;
  const give = () => {
    while (free > 0) {
      const socket = waiting.shift();
      if (!socket) return;
      free -= 1;
      // A turn ends with its connection, even if its process is killed.
      socket.once('close', () => {
        free += 1;
        give();
      });
      socket.write('\n');
    }
  };
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.resume();
    waiting.push(socket);
    socket.once('close', () => {
      const place = waiting.indexOf(socket);
      if (place >= 0) waiting.splice(place, 1);
    });
    give();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as { port: number }).port,
    stop: () => void server.close(),
  };
}

/** Waits for a turn. Returns what ends it. */
export async function takeTurn(port: number): Promise<() => void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'data');
  return () => void socket.destroy();
}
