import { pause } from '@parley/runtime/async';
import { takeUncheckedCursors, wakeCursors } from '../stores/cursors.ts';
import { takeUncheckedHooks } from '../stores/hooks.ts';
import { checkOwner } from './check-owner.ts';
import { type Context, nowOf } from './context.ts';
import { checkIncomingOwners } from './delete-incoming-of-erased.ts';
import { findHeads } from './find-heads.ts';

const cursorsAtOnce = 500;
const hooksAtOnce = 50;
/** Owners who do not belong to a room are looked for there this much less often. */
const inactiveFactor = 20;
/** Likewise owners of webhooks that name their rooms. */
const namedFactor = 20;
/** Owners of incoming webhooks are asked for this seldom, by every replica. */
const incomingEveryMs = 3_600_000;

/**
 * Compares every cursor with its room, and every webhook with its owner's rights. Deliveries depend
 * on this and on the cursors alone; events only make them faster. Replicas share the work.
 */
export class Sweep {
  readonly #context: Context;
  readonly #everyMs: number;
  readonly #stopping = new AbortController();
  #waking = new AbortController();
  #running: Promise<void> | undefined;
  #all = false;
  #incomingDueAt = 0;

  constructor(context: Context, { everyMs }: { everyMs: number }) {
    this.#context = context;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#running = this.#run();
  }

  /**
   * Sweeps at once.
   * @param all whether also what was compared a moment ago
   */
  now({ all }: { all: boolean }): void {
    this.#all ||= all;
    this.#waking.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waking.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#waking = new AbortController();
      try {
        const sinceMs = this.#all ? 0 : this.#everyMs;
        this.#all = false;
        await this.#checkOwners(signal);
        await this.#checkCursors(sinceMs, signal);
        await this.#checkIncoming(signal);
      } catch (error) {
        if (!signal.aborted)
          this.#context.logger.warn({ err: error }, 'sweep of webhooks failed; will retry');
      }
      await pause(this.#everyMs, { signal: this.#waking.signal, ref: false });
    }
  }

  async #checkIncoming(signal: AbortSignal): Promise<void> {
    const now = this.#context.clock();
    if (now < this.#incomingDueAt) return;
    this.#incomingDueAt = now + incomingEveryMs;
    await checkIncomingOwners(this.#context, signal);
  }

  async #checkCursors(sinceMs: number, signal: AbortSignal): Promise<void> {
    const { db } = this.#context;
    const now = nowOf(this.#context);
    const before = new Date(now.getTime() - sinceMs);
    const inactiveBefore = new Date(now.getTime() - inactiveFactor * this.#everyMs);
    while (!signal.aborted) {
      const limit = cursorsAtOnce;
      const cursors = await takeUncheckedCursors(db, { before, inactiveBefore, now, limit });
      const heads = await findHeads(this.#context, [...new Set(cursors.map(({ roomId }) => roomId))]);
      // The room's number is lower after an older state was restored.
      const behind = cursors.filter(({ roomId, seq, active }) => !active || heads.get(roomId) !== seq);
      if (behind.length > 0) {
        await wakeCursors(db, behind, nowOf(this.#context));
        this.#context.kick();
      }
      if (cursors.length < limit) return;
    }
  }

  async #checkOwners(signal: AbortSignal): Promise<void> {
    const { db } = this.#context;
    const now = nowOf(this.#context);
    const organizationsBefore = new Date(now.getTime() - this.#everyMs);
    const before = new Date(now.getTime() - namedFactor * this.#everyMs);
    while (!signal.aborted) {
      const limit = hooksAtOnce;
      const taken = await takeUncheckedHooks(db, { before, organizationsBefore, now, limit });
      for (const { hook, checkedAt } of taken) await checkOwner(this.#context, hook, checkedAt);
      if (taken.length < limit) return;
    }
  }
}
