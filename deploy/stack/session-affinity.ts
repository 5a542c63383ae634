import type { IncomingMessage } from 'node:http';

/** Finds the gateway of a Socket.IO session: session ids begin with a gateway's name, and the answer to a handshake tells whose name that is. */
export class SessionAffinity {
  readonly #gateways = new Map<number, string>();

  learn(answer: IncomingMessage): void {
    const { 'parley-gateway': gateway } = answer.headers;
    const port = answer.socket.remotePort;
    if (typeof gateway === 'string' && port !== undefined) this.#gateways.set(port, gateway);
  }

  /** The backends, beginning with the owner of the session that the query names, if it is known. */
  ownerFirst<B extends { readonly port: number }>(path: string, backends: readonly B[]): readonly B[] {
    const [gateway] = (new URLSearchParams(path.split('?')[1]).get('sid') ?? '').split('.');
    const owner = backends.find(({ port }) => this.#gateways.get(port) === gateway);
    return owner ? [owner, ...backends.filter((backend) => backend !== owner)] : backends;
  }
}
