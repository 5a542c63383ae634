import type { Bus } from '@parley/bus';
import { type Change, type MissedChanges, makeEvent } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import { MissedHeads } from './missed-heads.ts';

/** Changes without a number may be lost, so they must not fill the memory. */
const maxUnnumbered = 10_000;

/**
 * Tells all gateways over the broker about changes that the backplane could not carry: the heads of
 * numbered changes, which gateways then fetch, and changes without a number as they are. One event
 * is in flight at a time, and the next one gathers what comes meanwhile.
 */
export class MissedByBroker {
  readonly #context: { bus: Bus; clock: Clock; newId: () => string; logger: Logger };
  readonly #heads = new MissedHeads();
  #unnumbered: MissedChanges['changes'] = [];
  #sending: Promise<void> | undefined;

  constructor(context: { bus: Bus; clock: Clock; newId: () => string; logger: Logger }) {
    this.#context = context;
  }

  /** Changes of one room for a key. */
  send(key: string, changes: readonly [Change, ...Change[]]): void {
    this.#heads.note(key, { changes: [...changes] });
    const [first, ...others] = changes.filter((change) => !('seq' in change));
    if (first && this.#unnumbered.length < maxUnnumbered)
      this.#unnumbered.push({ key, changes: [first, ...others] });
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    const { bus, clock, newId, logger } = this.#context;
    // Gathers what fails in the same tick.
    await Promise.resolve();
    for (let missed = this.#take(); missed; missed = this.#take()) {
      const event = makeEvent('changes.missed', missed, { id: newId(), now: clock() });
      try {
        await bus.publish('backplane', 0, event, { transient: true });
      } catch (error) {
        // Gateways compare all heads when the broker is back.
        logger.warn({ err: error }, 'heads could not be sent over the broker either');
      }
    }
  }

  #take(): MissedChanges | undefined {
    const heads = this.#heads.take();
    const changes = this.#unnumbered;
    this.#unnumbered = [];
    return heads.length > 0 || changes.length > 0 ? { heads, changes } : undefined;
  }
}
