import { pause } from '@parley/runtime/async';
import { Engine } from './engine/engine.ts';
import type { TransportName } from './engine/transport.ts';

const closeTimeoutMs = 2_000;

export interface SocketIoOptions {
  /** In order of preference: the next one is tried when one fails to open. */
  transports: readonly TransportName[];
  /** Sent with the request to connect. */
  auth: object;
  /** The server admitted this connection. */
  onConnect: () => void;
  /** It did not: `data` is the server's reason, or undefined if the transport failed. */
  onRefused: (error: Error, data?: unknown) => void;
  onEvent: (name: string, payload: unknown) => void;
  /**
   * The connection has ended without `close()`. Called at most once.
   * @param code the close code of a WebSocket that the other side has closed
   */
  onClose: (reason: string, code?: number) => void;
}

/**
 * A connection by Socket.IO, version 5 of its protocol, over Engine.IO. Contains only what this
 * client needs: the main namespace, JSON, acknowledgements in one direction, and no reconnection.
 * The packets: `0{auth}` connects, `4{message,data}` refuses, `2[name,payload]` is an event,
 * `21[…]` one that asks for the acknowledgement `31[answer]`, and `1` disconnects.
 */
export class SocketIo {
  readonly #options: SocketIoOptions;
  readonly #engine: Engine;
  readonly #acknowledgements = new Map<number, (answer: unknown) => void>();
  #emitted = 0;
  #received = 0;
  #receivedAt = Date.now();
  #state: 'opening' | 'connected' | 'closed' = 'opening';

  /** @param url the server's Socket.IO endpoint, such as `https://host/chat/socket.io/` */
  constructor(url: string, options: SocketIoOptions) {
    this.#options = options;
    const { transports, auth } = options;
    this.#engine = new Engine({
      url,
      // A server that cannot open the connection now says so by a packet. Browsers do not show the
      // response to a refused WebSocket.
      query: { refusal: 'packet' },
      transports,
      onOpen: () => this.#engine.send(`0${JSON.stringify(auth)}`),
      onPacket: () => {
        this.#received += 1;
        this.#receivedAt = Date.now();
      },
      onMessage: (packet) => this.#receive(packet),
      onEnd: (reason, code) => this.#end(reason, code),
    });
  }

  get connected(): boolean {
    return this.#state === 'connected';
  }

  /** Number of packets received so far, heartbeats included. */
  get received(): number {
    return this.#received;
  }

  /** When the last packet arrived, in ms since the epoch. */
  get receivedAt(): number {
    return this.#receivedAt;
  }

  /** Resolves with the acknowledgement; rejects when the connection ends or the time is over. */
  emitWithAck(event: string, payload: unknown, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.connected) throw new Error('the connection has ended');
      const id = this.#emitted++;
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#acknowledgements.delete(id);
        settle();
      };
      const timer = setTimeout(() => end(() => reject(new Error('no response in time'))), timeoutMs);
      this.#acknowledgements.set(id, (answer) =>
        end(() => (this.connected ? resolve(answer) : reject(new Error('the connection has ended')))),
      );
      this.#engine.send(`2${id}${JSON.stringify([event, payload])}`);
    });
  }

  /**
   * Ends the connection without a further call of the options' functions. If a frozen network or
   * server does not answer the closing handshake, a WebSocket in Node would wait for 30 s and keep
   * the process running, so it is cut.
   */
  close(): void {
    if (this.connected) this.#engine.send('1');
    this.#state = 'closed';
    this.#engine.close();
    this.#dropAcknowledgements();
    void pause(closeTimeoutMs, { ref: false }).then(() => this.#engine.cut());
  }

  #receive(packet: string): void {
    if (this.#state === 'closed') return;
    const [, type, id, json = ''] = /^(\d)(\d*)(.*)$/s.exec(packet) ?? [];
    let data: unknown;
    try {
      data = json === '' ? undefined : JSON.parse(json);
    } catch {
      this.#engine.close();
      this.#end('parse error');
      return;
    }
    if (type === '0') this.#connect();
    else if (type === '1') {
      this.#engine.close();
      this.#end('io server disconnect');
    } else if (type === '2') this.#options.onEvent(...(data as [string, unknown]));
    else if (type === '3') this.#acknowledgements.get(Number(id))?.((data as unknown[])[0]);
    else if (type === '4') {
      const refusal = data as { message: string; data?: unknown };
      this.#refuse(new Error(refusal.message), refusal.data);
    }
  }

  #connect(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'connected';
    this.#options.onConnect();
  }

  #refuse(error: Error, data?: unknown): void {
    if (this.#state !== 'opening') return;
    this.#state = 'closed';
    this.#options.onRefused(error, data);
  }

  #end(reason: string, code?: number): void {
    if (this.connected) {
      this.#state = 'closed';
      this.#options.onClose(reason, code);
      this.#dropAcknowledgements();
    } else this.#refuse(new Error(reason));
  }

  #dropAcknowledgements(): void {
    for (const end of [...this.#acknowledgements.values()]) end(undefined);
  }
}
