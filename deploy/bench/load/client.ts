import { WebSocket } from 'ws';

/** Callbacks of a client. Frames arrive unparsed, because most are only counted. */
export interface ClientListener {
  /** A frame that is neither part of Engine.IO itself nor an answer to `join`. */
  frame(data: Buffer): void;
  closed(): void;
}

const joinsAckId = 0;
const openTimeoutMs = 30_000;

const engine = { open: 0x30, ping: 0x32, message: 0x34 } as const;
const packet = { connect: 0x30, connectError: 0x34, ack: 0x33 } as const;

/**
 * One client connection at minimal cost: Engine.IO 4 and Socket.IO 5 written by hand over a
 * WebSocket, with as little parsing as possible.
 */
export class Client {
  readonly #socket: WebSocket;
  readonly #listener: ClientListener;
  #connected: ((error?: Error) => void) | undefined;
  #joined: ((error?: Error) => void) | undefined;

  private constructor(url: string, listener: ClientListener) {
    this.#listener = listener;
    const address = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
    this.#socket = new WebSocket(address, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      handshakeTimeout: openTimeoutMs,
    });
  }

  /** Resolves when the server has accepted it. */
  static async open(url: string, token: string, listener: ClientListener): Promise<Client> {
    const client = new Client(url, listener);
    await new Promise<void>((resolve, reject) => {
      client.#connected = (error) => (error ? reject(error) : resolve());
      client.#socket.on('message', (data: Buffer) => client.#take(data, token));
      client.#socket.on('error', reject);
      client.#socket.on('close', (code) => {
        reject(new Error(`closed with ${code} before the server accepted it`));
        client.#joined?.(new Error(`closed with ${code}`));
        listener.closed();
      });
    });
    return client;
  }

  /** Resolves when the connection is subscribed to the room. One call at a time. */
  join(roomId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#joined = (error) => (error ? reject(error) : resolve());
      this.send(`42${joinsAckId}["join_room",{"roomId":"${roomId}"}]`);
    });
  }

  send(frame: string): void {
    this.#socket.send(frame);
  }

  close(): void {
    this.#socket.terminate();
  }

  #take(data: Buffer, token: string): void {
    const [first, second] = data;
    if (first !== engine.message) {
      if (first === engine.ping) this.#socket.send('3');
      else if (first === engine.open) this.#socket.send(`40${JSON.stringify({ token })}`);
    } else if (this.#joined && second === packet.ack && data[2] === 0x30 && data[3] === 0x5b) {
      this.#joined(data.includes('"ok":true') ? undefined : new Error(`join_room: ${data.toString()}`));
      this.#joined = undefined;
    } else if (this.#connected && (second === packet.connect || second === packet.connectError)) {
      this.#connected(second === packet.connect ? undefined : new Error(data.toString()));
      this.#connected = undefined;
    } else this.#listener.frame(data);
  }
}
