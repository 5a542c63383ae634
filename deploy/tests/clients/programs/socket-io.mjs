import { print } from './console.mjs';

// The release under test: an alias in package.json.
const { io } = await import(process.env.SOCKET_IO_CLIENT ?? 'socket.io-client');

/** Connects with only the caller's options, and prints the events that the client knows. */
export function connect(url, options, events) {
  const socket = io(url, options);
  if (socket.nsp === '/') printTransports(socket.io);
  socket.on('connect', () => print('connect', { namespace: socket.nsp }));
  socket.on('connect_error', (error) => print('connect_error', { message: error.message, data: error.data }));
  socket.on('disconnect', (reason) => print('disconnect', { reason, namespace: socket.nsp }));
  for (const event of events) socket.on(event, (data) => print(event, data));
  return socket;
}

/**
 * Prints the transports of the connection that all namespaces share. It opens before any of them
 * connects, so no upgrade is missed.
 */
function printTransports(manager) {
  manager.on('open', () => {
    print('open', { transport: manager.engine.transport.name });
    manager.engine.once('upgrade', (transport) => print('upgrade', { transport: transport.name }));
  });
}
