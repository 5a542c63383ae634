import type { Bus } from '@parley/bus';
import type { Change } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import type { BackplanePublisher } from './backplane.ts';
import { roomKey, userKey } from './keys.ts';
import { MissedByBroker } from './missed-by-broker.ts';
import { QuietHeads } from './quiet-heads.ts';

/**
 * Publishes the changes of rooms to the gateways, for the rooms' writer. While the backplane cannot
 * carry them, such as during an outage of Redis, they are announced over the broker, and gateways
 * fetch them.
 */
export class ChangePublisher {
  readonly #backplane: BackplanePublisher | undefined;
  readonly #missed: MissedByBroker;
  readonly #quiet: QuietHeads;

  /** @param deps.backplane without one, everything is announced over the broker */
  constructor(deps: {
    backplane: BackplanePublisher | undefined;
    bus: Bus;
    clock: Clock;
    newId: () => string;
    logger: Logger;
  }) {
    this.#backplane = deps.backplane;
    this.#missed = new MissedByBroker(deps);
    this.#quiet = new QuietHeads(async (quiet) => this.#backplane?.publish([], { quiet }), deps.clock);
  }

  /**
   * Publishes committed changes: one message per key and room, in order. Never rejects; answers the
   * rooms whose changes the backplane could not carry.
   */
  async publish(changes: readonly Change[]): Promise<ReadonlySet<string>> {
    const late = new Set<string>();
    await Promise.all(
      changesByKey(changes).map(async ({ key, changes: ofKey }) => {
        const sent = this.#backplane?.publish([key], { changes: ofKey });
        if (this.#backplane) this.#quiet.note(key, ofKey);
        if (await sent) return;
        late.add(ofKey[0].roomId);
        this.#missed.send(key, ofKey);
      }),
    );
    return late;
  }

  async close(): Promise<void> {
    await this.#quiet.stop();
    await this.#backplane?.close();
  }
}

interface Batch {
  key: string;
  changes: [Change, ...Change[]];
}

/**
 * Groups changes by key and room, preserving the order within each group. Changes of direct rooms
 * are addressed to their two users.
 */
export function changesByKey(changes: readonly Change[]): Batch[] {
  const batches = new Map<string, Batch>();
  for (const change of changes) {
    for (const key of change.to?.map(userKey) ?? [roomKey(change.roomId)]) {
      const id = `${key} ${change.roomId}`;
      const batch = batches.get(id);
      if (batch) batch.changes.push(change);
      else batches.set(id, { key, changes: [change] });
    }
  }
  return [...batches.values()];
}
