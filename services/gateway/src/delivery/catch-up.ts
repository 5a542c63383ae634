import { ask, type Bus } from '@parley/bus';
import { type Change, calls, type NumberedChange } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import { chunks, forEachLimit } from '@parley/runtime/async';
import type { Connection } from '../connections/connection.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import { numberedChanges } from './gap-filler.ts';
import type { Sequencer } from './sequencer.ts';

/** A room's changes after a number, or since a time. */
export type Start = number | Date;

/** A room whose sequencer has started. */
export interface OpenRoom {
  key: string;
  roomId: string;
  /** Every later change arrives. */
  seq: number;
}

interface Context {
  bus: Bus;
  logger: Logger;
  metrics: Pick<GatewayMetrics, 'repaired' | 'leftOpen'>;
  rooms: SubscriptionTable;
  sequencer: Pick<Sequencer, 'last'>;
}

interface Withheld {
  /** Everything up to here has been sent. Undefined: not known yet. */
  from: Start | undefined;
}

const roomsPerQuestion = 500;
const roomsAtOnce = 4;
const pageSize = 200;
/** A longer gap stays open, as in `GapFiller`. */
const maxPages = 50;

/**
 * Lets a connection receive a room from a point in the past, once and in order. Until it has been
 * sent everything since then, live changes are withheld from it and fetched like the earlier ones.
 */
export class CatchUp {
  readonly #context: Context;
  readonly #deliver: (connection: Connection, change: NumberedChange) => void;
  readonly #withheld = new Map<string, Map<Connection, Withheld>>();

  constructor(context: Context, deliver: (connection: Connection, change: NumberedChange) => void) {
    this.#context = context;
    this.#deliver = deliver;
    context.rooms.onRemoved((connection, key) => this.#release(connection, key));
  }

  /**
   * Withholds the changes of a new subscription until `finish`.
   * @param from if it is known already
   */
  withhold(connection: Connection, key: string, from?: Start): void {
    const ofKey = this.#withheld.get(key) ?? new Map<Connection, Withheld>();
    this.#withheld.set(key, ofKey.set(connection, { from }));
  }

  /** The client has everything up to that number, for example because it has joined the room. */
  skip(connection: Connection, key: string, seq: number): void {
    const withheld = this.#of(connection, key);
    if (withheld) withheld.from = typeof withheld.from === 'number' ? Math.max(withheld.from, seq) : seq;
  }

  /** The subscribers of the key that do not receive the change. */
  without(key: string, change: Change): { has(connection: Connection): boolean } | undefined {
    return 'seq' in change ? this.#withheld.get(key) : undefined;
  }

  /**
   * Sends what these rooms lack. Resolves when live changes reach the connection.
   * @param since for rooms without a start; by default, they start at their `seq`
   * @throws AppError `timeout`, `unavailable`. The rest is withheld until a repeated call succeeds.
   */
  async finish(connection: Connection, rooms: readonly OpenRoom[], since?: Date): Promise<void> {
    const lacking: OpenRoom[] = [];
    for (const room of rooms) {
      const withheld = this.#of(connection, room.key);
      if (!withheld) continue;
      withheld.from ??= since ?? room.seq;
      if (!this.#isDone(room, withheld)) lacking.push(room);
      else this.#release(connection, room.key);
    }
    await this.#locate(connection, lacking);
    await forEachLimit(lacking, roomsAtOnce, (room) => this.#send(connection, room));
  }

  /** Replaces times by the rooms' numbers. */
  async #locate(connection: Connection, rooms: readonly OpenRoom[]): Promise<void> {
    const byTime = new Map<string, OpenRoom[]>();
    for (const room of rooms) {
      const from = this.#of(connection, room.key)?.from;
      if (!(from instanceof Date)) continue;
      const before = from.toISOString();
      byTime.set(before, [...(byTime.get(before) ?? []), room]);
    }
    for (const [before, all] of byTime)
      for (const some of chunks(all, roomsPerQuestion)) {
        const roomIds = some.map(({ roomId }) => roomId);
        const { heads } = await ask(this.#context.bus, calls.getHeads, { roomIds, before });
        const seqs = new Map(heads.map(({ roomId, seq }) => [roomId, seq]));
        for (const { key, roomId } of some) {
          const withheld = this.#of(connection, key);
          if (withheld?.from instanceof Date) withheld.from = seqs.get(roomId) ?? 0;
        }
      }
  }

  async #send(connection: Connection, room: OpenRoom): Promise<void> {
    const { bus, logger, metrics, sequencer } = this.#context;
    const { key, roomId } = room;
    for (let pages = 0; ; pages++) {
      const withheld = this.#of(connection, key);
      if (typeof withheld?.from !== 'number') return;
      if (this.#isDone(room, withheld)) return this.#release(connection, key);
      const { from: afterSeq } = withheld;
      // Later changes arrive live.
      const lacking = (sequencer.last(key, roomId) ?? afterSeq) - afterSeq;
      const limit = Math.min(lacking, pageSize);
      const page = await ask(bus, calls.getChanges, { roomId, afterSeq, limit });
      // Unsubscribed, or subscribed anew.
      if (this.#of(connection, key) !== withheld) return;
      const { from } = withheld;
      const changes = numberedChanges(page.changes).filter(({ seq }) => seq > from);
      withheld.from = Math.max(from, page.seq);
      metrics.repaired(changes.length);
      for (const change of changes) this.#deliver(connection, change);
      if (page.seq > afterSeq && pages < maxPages) continue;
      logger.error({ roomId, from: page.seq }, 'gap left open for one connection; its client must sync');
      metrics.leftOpen();
      return this.#release(connection, key);
    }
  }

  #isDone({ key, roomId }: OpenRoom, { from }: Withheld): boolean {
    return typeof from === 'number' && from >= (this.#context.sequencer.last(key, roomId) ?? 0);
  }

  #of(connection: Connection, key: string): Withheld | undefined {
    return this.#withheld.get(key)?.get(connection);
  }

  #release(connection: Connection, key: string): void {
    const ofKey = this.#withheld.get(key);
    ofKey?.delete(connection);
    if (ofKey?.size === 0) this.#withheld.delete(key);
  }
}
