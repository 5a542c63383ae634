import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A road to a server that can be closed and opened again: whoever uses it is cut off alone, while the others go on. */
export interface TcpProxy {
  /** The server's address by this road. */
  url: string;
  /** Ends all connections as a network does that fails: without a word. */
  cut(): void;
  /** The connections of now stay open, but nothing passes on them any more; new ones work. */
  freeze(): void;
  /** Connections are cut, and new ones refused. */
  block(): void;
  unblock(): void;
  close(): void;
}

export async function startTcpProxy(server: string): Promise<TcpProxy> {
  const url = new URL(server);
  const { hostname, port } = url;
  const sockets = new Set<Socket>();
  let blocked = false;
  const relay = createServer({ noDelay: true }, (near) => {
    if (blocked) return near.destroy();
    const far = connect({ port: Number(port || 5672), host: hostname, noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  url.host = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: url.href.replace(/\/$/, ''),
    cut,
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    block: () => {
      blocked = true;
      cut();
    },
    unblock: () => {
      blocked = false;
    },
    close: () => {
      cut();
      relay.close();
    },
  };
}
