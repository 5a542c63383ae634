/**
 * Aliases in package.json: the oldest supported Socket.IO client, one in between, and the newest.
 */
export const socketIoReleases = ['socket.io-client-3.1', 'socket.io-client-4.0', 'socket.io-client'] as const;
