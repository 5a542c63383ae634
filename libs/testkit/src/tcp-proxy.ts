import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * A TCP proxy to a server that can be interrupted: only its clients lose the server, while others
 * keep it.
 */
export interface TcpProxy {
  /** The server's URL through the proxy. */
  url: string;
  /** Ends all connections abruptly, like a failing network. */
  cut(): void;
  /** Open connections stay open but pass no data; new ones work. */
  freeze(): void;
  /** Cuts all connections and refuses new ones. */
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
