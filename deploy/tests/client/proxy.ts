import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { withoutPrefix } from '@parley/http';

export interface ProxyOptions {
  /** The only served path: `/chat`. @default the root */
  prefix?: string;
  /** Whether the server sees paths without the prefix. @default true */
  strips?: boolean;
  /** Handling of WebSockets; `swallow`: neither accepts nor refuses. @default 'pass' */
  webSockets?: 'pass' | 'refuse' | 'swallow';
  /** Drops the response of matching paths, after the server has handled the request. */
  loses?: (path: string) => boolean;
  /** Keeps the connection of a lost response open, like a network that drops packets. */
  silently?: boolean;
}

export interface TestProxy {
  /** Includes the prefix. */
  url: string;
  /** Requests that reached the server: `GET /path`, or `WS /path` for WebSockets. */
  forwarded: string[];
  close(): void;
}

/** A reverse proxy with the faults of real ones. */
export async function startProxy(server: string, options: ProxyOptions = {}): Promise<TestProxy> {
  const { prefix = '', strips = true, webSockets = 'pass', loses = () => false, silently = false } = options;
  const { hostname, port } = new URL(server);
  const forwarded: string[] = [];
  const sockets = new Set<Socket>();
  /** The path on the server; undefined if the proxy does not serve it. */
  const target = ({ url = '' }: IncomingMessage) => {
    const stripped = withoutPrefix(url, prefix);
    if (prefix !== '' && stripped === url) return undefined;
    return strips ? stripped : url;
  };

  const proxy = createServer((incoming, outgoing) => {
    const path = target(incoming);
    if (path === undefined)
      return outgoing.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
    forwarded.push(`${incoming.method} ${path}`);
    const { method, headers } = incoming;
    const inner = request({ hostname, port, method, path, headers }, (response) => {
      if (loses(path)) return response.resume().once('end', () => silently || outgoing.destroy());
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    inner.once('error', () => outgoing.destroy());
    // A client that has gone does not wait for its response.
    outgoing.once('close', () => inner.destroy());
    incoming.pipe(inner);
  });
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  proxy.on('upgrade', (incoming, near: Socket, head) => {
    const path = target(incoming);
    near.on('error', () => near.destroy());
    if (webSockets === 'swallow') return;
    if (webSockets === 'refuse' || path === undefined)
      return void near.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    forwarded.push(`WS ${path}`);
    const far = connect({ host: hostname, port: Number(port) });
    const headers = incoming.rawHeaders
      .map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`))
      .join('');
    far.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n`);
    far.write(head);
    far.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}`,
    forwarded,
    close: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
