import { setTimeout as delay } from 'node:timers/promises';
import { type Dialect, dialects } from '../dialects.ts';
import { isStale, type Person } from '../person.ts';
import { RoomLog, type SyncedRow } from '../room-log.ts';
import { type OpenWire, Refusal, type Wire } from '../wires/wire.ts';
import type { Player } from './player.ts';

export interface LivePlayerOptions {
  kind: string;
  url: string;
  person: Person;
  rooms: readonly string[];
  style: Dialect;
  openWire: OpenWire;
  sends: boolean;
  /** In [0, 1). */
  random: () => number;
}

const requestTimeoutMs = 15_000;
const pageSize = 500;
const maxPauseMs = 800;

/** A front end written after the documents, without our SDK: connects, joins, sends, and when the connection goes comes back and asks for what it missed. */
export class LivePlayer implements Player {
  readonly #options: LivePlayerOptions;
  readonly kind: string;
  readonly person: Person;
  readonly rooms: readonly string[];
  readonly logs: ReadonlyMap<string, RoomLog>;
  readonly complaints: string[] = [];
  readonly send?: NonNullable<Player['send']>;
  #wire: Wire | undefined;
  #present = false;
  #stopped = false;

  constructor(options: LivePlayerOptions) {
    this.#options = options;
    this.kind = options.kind;
    this.person = options.person;
    this.rooms = options.rooms;
    this.logs = new Map(options.rooms.map((roomId) => [roomId, new RoomLog(roomId)]));
    if (options.sends) this.send = (roomId, content, clientId) => this.#send(roomId, content, clientId);
  }

  get present(): boolean {
    return this.#present;
  }

  start(): void {
    void this.#live();
  }

  stop(): void {
    this.#stopped = true;
    this.#wire?.close();
  }

  async #send(roomId: string, content: string, clientId: string): Promise<{ id: string; seq: number }> {
    if (!this.#wire || !this.#present) throw new Refusal('lost', true);
    const [event, data] = dialects[this.#options.style].send(roomId, content, clientId);
    return (await this.#wire.request(event, data, requestTimeoutMs)) as { id: string; seq: number };
  }

  async #live(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#once();
      } catch (error) {
        if (isStale(error)) await this.person.logInAnew().catch(() => undefined);
        else if (!(error instanceof Refusal && error.retryable) && !this.#stopped)
          this.complaints.push(`refused: ${String(error)}`);
      }
      this.#present = false;
      this.#wire?.close();
      this.#wire = undefined;
      await delay(this.#options.random() * maxPauseMs);
    }
  }

  /** One connection, until it ends. */
  async #once(): Promise<void> {
    const { openWire, url, style, person } = this.#options;
    const dialect = dialects[style];
    const logs = [...this.logs.values()];
    for (const log of logs) log.connected();
    let closed = (_reason: string) => {};
    const ended = new Promise<string>((resolve) => {
      closed = resolve;
    });
    const onEvent = (event: string, data: unknown) => {
      const heard = dialect.read(event, data as Record<string, unknown>);
      if (heard) this.logs.get(heard.roomId)?.heard(heard);
      else if (event === dialect.removed) this.complaints.push('was told to be out of a room');
    };
    const wire = await openWire({ url, token: person.token, style, onEvent, onClosed: closed });
    this.#wire = wire;
    if (this.#stopped) return;
    const joined = Promise.all(logs.map((log) => this.#join(wire, log)));
    // A connection that ends meanwhile ends the joining, too.
    await Promise.race([joined, ended.then(() => Promise.reject(new Refusal('lost', true)))]);
    joined.catch(() => undefined);
    this.#present = true;
    await ended;
  }

  async #join(wire: Wire, log: RoomLog): Promise<void> {
    const [event, data] = dialects[this.#options.style].join(log.roomId);
    const { seq } = (await wire.request(event, data, requestTimeoutMs)) as { seq: number };
    // Another connection has taken over: what belongs to this one would make holes in what that one hears.
    if (this.#wire !== wire) return;
    log.joined(seq);
    for (let after = log.missingAfter; after !== undefined; after = log.missingAfter) {
      const page = await syncPage(this.person, log.roomId, after);
      if (this.#wire !== wire) return;
      log.synced(page.rows, page.seq, !page.hasMore);
    }
  }
}

async function syncPage(
  person: Person,
  roomId: string,
  seq: number,
): Promise<{ rows: SyncedRow[]; seq: number; hasMore: boolean }> {
  const answer = await person.call('POST', '/api/v1/sync', { rooms: [{ roomId, seq }], limit: pageSize });
  const [room] = answer.rooms;
  if (!room) throw new Refusal('gone', false);
  const rows = room.changes.map(
    (change: { kind: string; seq: number; message?: { id: string; seq: number; content: string } }) => ({
      seq: change.message?.seq ?? change.seq,
      changedSeq: change.seq,
      message: change.message,
    }),
  );
  return { rows, seq: room.seq, hasMore: room.hasMore };
}
