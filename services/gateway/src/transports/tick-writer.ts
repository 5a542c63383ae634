import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** With more than this a socket does not wait for the end of the tick. */
const enoughBytes = 64 * 1024;

let waiting: Socket[] = [];

/** The network's socket below a WebSocket. */
const networkOf = (socket: WebSocket): Socket | undefined =>
  (socket as unknown as { _socket?: Socket })._socket;

/**
 * Writes a ready-made frame. What is written to one socket within a turn of the event loop leaves in one call of the operating system, which is the most
 * expensive thing that delivering a message costs. Frames must not be compressed.
 */
export function writeFrame(socket: WebSocket, frame: Buffer): void {
  const network = networkOf(socket);
  if (!network || socket.readyState !== socket.OPEN) return;
  if (network.writableCorked === 0) {
    network.cork();
    if (waiting.push(network) === 1) setImmediate(release);
  }
  network.write(frame);
}

/** Bytes that were written and that the operating system has not taken; what only waits for the end of the tick is not the reader's fault, and leaves. */
export function backlogOf(socket: WebSocket): number {
  const network = networkOf(socket);
  if (network && network.writableCorked > 0 && network.writableLength > enoughBytes) network.uncork();
  return socket.bufferedAmount;
}

function release(): void {
  const sockets = waiting;
  waiting = [];
  for (const socket of sockets) socket.uncork();
}
