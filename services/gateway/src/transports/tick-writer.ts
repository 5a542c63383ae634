import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** A socket with more than this does not wait for the end of the tick. */
const enoughBytes = 64 * 1024;

let waiting: Socket[] = [];

/** The network socket below a WebSocket. */
export const networkOf = (socket: WebSocket): Socket | undefined =>
  (socket as unknown as { _socket?: Socket })._socket;

/**
 * Writes an encoded frame. Combines the writes to one socket within a turn of the event loop into
 * one system call, the largest cost of delivering a message. Frames must not be compressed.
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

/**
 * Bytes written but not yet taken by the operating system, without those that only wait for the end
 * of the tick.
 */
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
