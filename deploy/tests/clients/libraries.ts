/** Aliases of package.json: the oldest Socket.IO client that is served, one between, and the newest. */
export const socketIoReleases = ['socket.io-client-3.1', 'socket.io-client-4.0', 'socket.io-client'] as const;
