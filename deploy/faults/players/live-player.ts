import { pause } from '@parley/runtime/async';
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
  dialect: Dialect;
  openWire: OpenWire;
  sends: boolean;
  /** Between 0 and 1, excluding 1. */
  random: () => number;
}

const requestTimeoutMs = 15_000;
const pageSize = 500;
const maxPauseMs = 800;

/**
 * A front end written from the documentation, without our SDK. It connects, joins and sends; after
 * a lost connection it reconnects and syncs what it missed.
 */
export class LivePlayer implements Player {
  readonly #options: LivePlayerOptions;
  readonly kind: string;
  readonly isLive = true;
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
    const [event, data] = dialects[this.#options.dialect].send(roomId, content, clientId);
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
      await pause(this.#options.random() * maxPauseMs);
    }
  }

  /** Runs one connection until it ends. */
  async #once(): Promise<void> {
    const { openWire, url, dialect, person } = this.#options;
    const names = dialects[dialect];
    const logs = [...this.logs.values()];
    for (const log of logs) log.connected();
    let closed = (_reason: string) => {};
    const ended = new Promise<string>((resolve) => {
      closed = resolve;
    });
    const onEvent = (event: string, data: unknown) => {
      const received = names.read(event, data as Record<string, unknown>);
      if (received) this.logs.get(received.roomId)?.receive(received);
      else if (event === names.removed) this.complaints.push('was removed from a room');
    };
    const wire = await openWire({ url, token: person.token, dialect, onEvent, onClosed: closed });
    this.#wire = wire;
    if (this.#stopped) return;
    const joined = Promise.all(logs.map((log) => this.#join(wire, log)));
    // A connection that ends must also end the joining.
    await Promise.race([joined, ended.then(() => Promise.reject(new Refusal('lost', true)))]);
    joined.catch(() => undefined);
    this.#present = true;
    await ended;
  }

  async #join(wire: Wire, log: RoomLog): Promise<void> {
    const [event, data] = dialects[this.#options.dialect].join(log.roomId);
    const { seq } = (await wire.request(event, data, requestTimeoutMs)) as { seq: number };
    // Another connection has taken over. Rows from this one would leave gaps in its log.
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
