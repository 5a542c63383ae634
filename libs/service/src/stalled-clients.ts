import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** A client counts as stalled when it has read nothing for this long while data waits for it. */
const stalledAfterMs = 30_000;
const checksPerPeriod = 3;

/** The counters of a socket's operating system handle. */
interface Handle {
  bytesWritten: number;
  writeQueueSize: number;
}

/**
 * Destroys the connections of clients that have stopped reading: unread answers, polls and frames
 * would stay in memory for as long as such a client likes. Clients that read slowly are left alone,
 * and so are idle ones.
 */
export function closeStalledClients(server: Server, afterMs = stalledAfterMs): void {
  const sockets = new Map<Socket, { sent: number; checks: number }>();
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, { sent: 0, checks: 0 });
    socket.once('close', () => sockets.delete(socket));
  });
  const check = () => {
    for (const [socket, seen] of sockets) {
      const sent = sentBy(socket);
      const isStalled = socket.writableLength > 0 && sent === seen.sent;
      seen.sent = sent;
      seen.checks = isStalled ? seen.checks + 1 : 0;
      if (seen.checks >= checksPerPeriod) socket.destroy();
    }
  };
  const timer = setInterval(check, afterMs / checksPerPeriod).unref();
  server.once('close', () => clearInterval(timer));
}

/** Bytes that the operating system has taken. Node counts those that it still holds as written. */
function sentBy(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { _handle?: Handle | null };
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}
