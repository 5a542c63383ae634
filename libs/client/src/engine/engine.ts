import { openPolling } from './polling-transport.ts';
import type { OpenTransport, Transport, TransportName } from './transport.ts';
import { openWebSocket } from './web-socket-transport.ts';

export interface EngineOptions {
  /** The server's endpoint, by http or https: `https://host/socket.io/`. */
  url: string;
  query: Record<string, string>;
  /** In order of preference: the next one is tried when one fails to open. */
  transports: readonly TransportName[];
  /** The handshake is done. */
  onOpen: () => void;
  /** Called for every packet, heartbeats included. */
  onPacket: () => void;
  onMessage: (message: string) => void;
  /**
   * It has ended without `close()`, or could not be opened. Called at most once.
   * @param code the close code of a WebSocket that the other side has closed
   */
  onEnd: (reason: string, code?: number) => void;
}

const opens: Record<TransportName, OpenTransport> = { websocket: openWebSocket, polling: openPolling };

/** The window, which reports that the device is offline. There is none in Node. */
const page = globalThis as {
  addEventListener?: (type: 'offline', listener: () => void) => void;
  removeEventListener?: (type: 'offline', listener: () => void) => void;
};

/**
 * A connection by Engine.IO, version 4 of its protocol, in text. Contains only what this client
 * needs: there is no change of the transport after the handshake. The packets: `0{handshake}`,
 * `1` closes, `2` is a ping, `3` its pong, and `4…` a message.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #transports: TransportName[];
  #transport: Transport | undefined;
  #state: 'opening' | 'open' | 'closed' = 'opening';
  /** A server that has not sent a ping for so long is gone. */
  #silenceMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#transports = [...options.transports];
    // A device without a network still reaches itself.
    if (new URL(options.url).hostname !== 'localhost') page.addEventListener?.('offline', this.#offline);
    this.#open();
  }

  send(message: string): void {
    if (this.#state === 'open') this.#transport?.send(`4${message}`);
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#settle();
    this.#transport?.close();
  }

  /** Ends a connection whose `close()` the other side does not answer. */
  cut(): void {
    this.#transport?.cut();
  }

  #open(): void {
    const name = this.#transports.shift() ?? 'polling';
    const url = new URL(this.#options.url);
    url.search = String(new URLSearchParams({ ...this.#options.query, EIO: '4', transport: name }));
    const isCurrent = () => this.#state !== 'closed' && transport === this.#transport;
    let transport: Transport | undefined;
    try {
      transport = opens[name](url, {
        onPacket: (packet) => isCurrent() && this.#receive(packet),
        onError: (reason) => isCurrent() && this.#fail(reason),
        onClose: (code) => isCurrent() && this.#end('transport close', code),
      });
      this.#transport = transport;
    } catch {
      // A browser refuses the address.
      this.#fail(`${name} error`);
    }
  }

  #fail(reason: string): void {
    if (this.#state === 'opening' && this.#transports.length > 0) this.#open();
    else this.#end(this.#state === 'opening' ? reason : 'transport error');
  }

  #receive(packet: string): void {
    this.#options.onPacket();
    const data = packet.slice(1);
    if (packet[0] === '0') {
      const { pingInterval, pingTimeout } = JSON.parse(data) as { pingInterval: number; pingTimeout: number };
      this.#silenceMs = pingInterval + pingTimeout;
      this.#state = 'open';
      this.#expectPing();
      this.#options.onOpen();
    } else if (packet[0] === '2') {
      this.#transport?.send('3');
      this.#expectPing();
    } else if (packet[0] === '4') this.#options.onMessage(data);
  }

  #expectPing(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end('ping timeout'), this.#silenceMs);
  }

  readonly #offline = () => this.#end('transport close');

  #end(reason: string, code?: number): void {
    if (this.#state === 'closed') return;
    this.close();
    this.#options.onEnd(reason, code);
  }

  #settle(): void {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    page.removeEventListener?.('offline', this.#offline);
  }
}
