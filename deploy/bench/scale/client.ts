import { WebSocket } from 'ws';

type Reply = { ok: true; data: unknown } | { ok: false; error: { code: string } };

/** A client over a plain WebSocket that counts the events it receives. */
export class ScaleClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #asked = 0;
  /** Event → how many of them arrived. */
  readonly frames = new Map<string, number>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(data.toString()));
  }

  static async open(url: string, token: string): Promise<ScaleClient> {
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, { headers, perMessageDeflate: false });
    const client = new ScaleClient(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** Resolves with the acknowledgement's data. */
  async ask(event: string, data: object): Promise<unknown> {
    const id = ++this.#asked;
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ event, data, id }));
    });
    if (!reply.ok) throw new Error(`${event}: ${reply.error.code}`);
    return reply.data;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(frame: string): void {
    const event = /^\{"event":"(\w+)"/.exec(frame)?.[1];
    if (event !== undefined) this.frames.set(event, (this.frames.get(event) ?? 0) + 1);
    else {
      const { id, ...reply } = JSON.parse(frame) as Reply & { id: number };
      this.#waiting.get(id)?.(reply);
      this.#waiting.delete(id);
    }
  }
}
