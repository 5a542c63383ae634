import { createClient, ParleyError, type Session } from '@parley/client';
import type { Person } from '../person.ts';
import { RoomLog } from '../room-log.ts';
import { Refusal } from '../wires/wire.ts';
import type { Player } from './player.ts';

/**
 * Our SDK. It promises each message once and in order across reconnects, so its events form one
 * unbroken stream.
 */
export class SdkPlayer implements Player {
  readonly kind = 'SDK';
  readonly isLive = true;
  readonly #url: string;
  readonly person: Person;
  readonly rooms: readonly string[];
  readonly logs: ReadonlyMap<string, RoomLog>;
  readonly complaints: string[] = [];
  #session: Session | undefined;
  #online = false;
  #joined = 0;

  constructor(options: { url: string; person: Person; rooms: readonly string[] }) {
    this.#url = options.url;
    this.person = options.person;
    this.rooms = options.rooms;
    this.logs = new Map(options.rooms.map((roomId) => [roomId, new RoomLog(roomId)]));
  }

  get present(): boolean {
    return this.#online && this.#joined === this.rooms.length;
  }

  start(): void {
    const session = createClient({ url: this.#url, tokens: this.person.tokens }).connect();
    this.#session = session;
    session.on('message', ({ id, seq, roomId, content }) => {
      this.logs.get(roomId)?.receive({ roomId, seq, message: { id, content, what: 'created' } });
    });
    session.on('edited', ({ id, roomId, content }) => {
      const known = this.logs.get(roomId)?.messages.get(id);
      if (known) known.content = content;
    });
    session.on('removed', ({ reason }) => this.complaints.push(`was removed from a room: ${reason}`));
    session.on('connection', (event) => {
      this.#online = event.state === 'online';
      if (event.state === 'stopped' && event.reason !== 'closed')
        this.complaints.push(`stopped: ${event.reason}`);
    });
    for (const roomId of this.rooms) {
      const log = this.logs.get(roomId);
      log?.connected();
      log?.joined(0);
      session.join(roomId, { since: 0 }).then(
        () => void this.#joined++,
        (error: unknown) => void this.complaints.push(`cannot join: ${String(error)}`),
      );
    }
  }

  stop(): void {
    this.#session?.close();
  }

  readonly send = async (
    roomId: string,
    content: string,
    clientId: string,
  ): Promise<{ id: string; seq: number }> => {
    if (!this.#session) throw new Refusal('lost', true);
    try {
      return await this.#session.send(roomId, content, { clientId });
    } catch (error) {
      const { code, retryable } = ParleyError.from(error);
      throw new Refusal(code, retryable);
    }
  };
}
