import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a port on 127.0.0.1 that can be closed for a while: those on it are cut off, others are not let on. */
export async function brokenRoad(to: number): Promise<{ port: number; cut(): void; mend(): void; close(): Promise<void> }> {
  const travelling = new Set<Socket>();
  let isOpen = true;
  const server = createServer((near) => {
    if (!isOpen) return near.destroy();
    const far = connect(to, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      travelling.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        travelling.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    isOpen = false;
    for (const socket of travelling) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => {
      isOpen = true;
    },
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
