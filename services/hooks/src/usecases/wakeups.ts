import { pause } from '@parley/runtime/async';
import { addCursors, reviveCursors, wakeRooms } from '../stores/cursors.ts';
import { organizationHooksOf, uncheckHooksOf } from '../stores/hooks.ts';
import { incomingOwners } from '../stores/incoming-hooks.ts';
import { type Context, nowOf } from './context.ts';
import { deleteIncomingOfErased } from './delete-incoming-of-erased.ts';
import { findHeads } from './find-heads.ts';

/** Events within this time are applied together. */
const gatherMs = 25;
/** Of each kind. More are left to the sweep. */
const maxGathered = 10_000;
/** The clocks of two services may differ. */
export const skewMs = 1_000;

export interface Join {
  roomId: string;
  userId: string;
  organizationId: string | null;
  /** When it happened. */
  at: number;
}

/**
 * Applies events that concern webhooks, many at once. Events only save time: the sweep finds
 * whatever is lost here.
 */
export class Wakeups {
  readonly #context: Context;
  readonly #checkOwners: () => void;
  readonly #stopping = new AbortController();
  #rooms = new Set<string>();
  #joins = new Map<string, Join>();
  #owners = new Set<string>();
  #running: Promise<void> | undefined;

  /** @param checkOwners begins a check of those owners who need one */
  constructor(context: Context, checkOwners: () => void) {
    this.#context = context;
    this.#checkOwners = checkOwners;
  }

  roomsChanged(roomIds: Iterable<string>): void {
    for (const roomId of roomIds) if (this.#rooms.size < maxGathered) this.#rooms.add(roomId);
    this.#flushSoon();
  }

  joined(join: Join): void {
    if (this.#joins.size < maxGathered) this.#joins.set(`${join.roomId} ${join.userId}`, join);
    this.#flushSoon();
  }

  /** The user's account or organization has changed. */
  ownerChanged(userId: string): void {
    if (this.#owners.size < maxGathered) this.#owners.add(userId);
    this.#flushSoon();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  #flushSoon(): void {
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#isWaiting) this.#flushSoon();
    });
  }

  get #isWaiting(): boolean {
    return this.#rooms.size + this.#joins.size + this.#owners.size > 0;
  }

  async #run(): Promise<void> {
    await pause(gatherMs, { signal: this.#stopping.signal, ref: false });
    try {
      await this.#flush();
    } catch (error) {
      this.#context.logger.warn({ err: error }, 'events for webhooks could not be applied; the sweep will');
    }
  }

  async #flush(): Promise<void> {
    const [rooms, joins, owners] = [this.#rooms, this.#joins, this.#owners];
    this.#rooms = new Set();
    this.#joins = new Map();
    this.#owners = new Set();
    const { db } = this.#context;
    const now = nowOf(this.#context);
    const woken = rooms.size > 0 ? await wakeRooms(db, [...rooms], now) : 0;
    if (joins.size > 0) await this.#apply([...joins.values()]);
    if (woken > 0 || joins.size > 0) this.#context.kick();
    for (const owner of owners.size > 0 ? await incomingOwners(db, [...owners]) : [])
      await deleteIncomingOfErased(this.#context, owner);
    if (owners.size > 0 && (await uncheckHooksOf(db, [...owners])) > 0) this.#checkOwners();
  }

  async #apply(joins: readonly Join[]): Promise<void> {
    const { db } = this.#context;
    const now = nowOf(this.#context);
    await reviveCursors(db, joins, now);
    const hooks = await organizationHooksOf(db, [...new Set(joins.map(({ userId }) => userId))]);
    for (const { id, ownerId, organizationId } of hooks) {
      const theirs = joins.filter((one) => one.userId === ownerId && one.organizationId === organizationId);
      if (theirs.length === 0) continue;
      const first = Math.min(...theirs.map(({ at }) => at));
      const roomIds = theirs.map(({ roomId }) => roomId);
      const heads = await findHeads(this.#context, roomIds, new Date(first - skewMs));
      await addCursors(
        db,
        id,
        [...heads].map(([roomId, seq]) => ({ roomId, seq })),
        now,
      );
    }
  }
}
