import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line to a server that can be cut: a client given its address loses its connections when the test says so. */
export interface WeakLine {
  url: string;
  /** Ends all connections as a network does that fails: without a word. */
  cut(): void;
  /** From now on nobody gets through; `false`: they do again. */
  block(blocked: boolean): void;
  stop(): Promise<void>;
}

export async function startWeakLine(target: string): Promise<WeakLine> {
  const { port, hostname } = new URL(target);
  const open = new Set<Socket>();
  let blocked = false;
  const server = createServer({ noDelay: true }, (near) => {
    if (blocked) return near.destroy();
    const far = connect({ port: Number(port), host: hostname, noDelay: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
    return undefined;
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    block(value) {
      blocked = value;
      if (blocked) cut();
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        cut();
      }),
  };
}
