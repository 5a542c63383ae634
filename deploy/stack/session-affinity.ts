import type { IncomingMessage } from 'node:http';

/**
 * Finds the gateway of a Socket.IO session. Session ids begin with their gateway's name, and each
 * handshake response names the gateway that sent it.
 */
export class SessionAffinity {
  readonly #gateways = new Map<number, string>();

  learn(answer: IncomingMessage): void {
    const { 'parley-gateway': gateway } = answer.headers;
    const port = answer.socket.remotePort;
    if (typeof gateway === 'string' && port !== undefined) this.#gateways.set(port, gateway);
  }

  /** The backends, starting with the owner of the session named in the query, if known. */
  ownerFirst<B extends { readonly port: number }>(path: string, backends: readonly B[]): readonly B[] {
    const [gateway] = (new URLSearchParams(path.split('?')[1]).get('sid') ?? '').split('.');
    const owner = backends.find(({ port }) => this.#gateways.get(port) === gateway);
    return owner ? [owner, ...backends.filter((backend) => backend !== owner)] : backends;
  }
}
