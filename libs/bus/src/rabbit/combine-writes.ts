import type { Socket } from 'node:net';
import type { ChannelModel } from 'amqplib';

/** The network socket of a connection to the broker. */
export const socketOf = (model: ChannelModel): Socket =>
  (model.connection as unknown as { stream: Socket }).stream;

/**
 * Combines the writes of one turn of the event loop into one system call. amqplib writes each frame
 * by itself: a small acknowledgement costs as much as a batch, here and in the broker.
 */
export function combineWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const release = () => socket.uncork();
  socket.write = (...args: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(release);
    }
    return write(...args);
  };
}
