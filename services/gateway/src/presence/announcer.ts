import { ask, type Bus } from '@parley/bus';
import { calls, type ServerPayload } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import type { Backplane } from '../backplane/backplane.ts';
import { roomKey, userKey } from '../subscriptions/keys.ts';
import type { Person, PresenceStore } from './presence-store.ts';

type Status = ServerPayload<'user_status'>['status'];

interface Waiting {
  person: Person;
  status: Status;
}

const atOnce = 8;
const retryMs = 1_000;
const maxWaiting = 50_000;
/**
 * Slightly longer than other gateways need to reconnect to Redis. They miss events published
 * earlier.
 */
const settleMs = 3_000;

/**
 * Announces users who came online or went offline. Announcements wait while the audience cannot be
 * asked for. An announcement that is outdated by then is dropped, so none arrive in the wrong
 * order.
 */
export class Announcer {
  readonly #bus: Bus;
  readonly #store: PresenceStore;
  readonly #backplane: Backplane;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, Waiting>();
  #running = 0;
  #quietUntil = 0;
  #stopped = false;

  constructor(deps: { bus: Bus; store: PresenceStore; backplane: Backplane; clock: Clock; logger: Logger }) {
    this.#bus = deps.bus;
    this.#store = deps.store;
    this.#backplane = deps.backplane;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  announce(person: Person, status: Status): void {
    if (this.#waiting.size >= maxWaiting || this.#stopped) return;
    this.#waiting.set(person.userId, { person, status });
    if (this.#running < atOnce) void this.#run();
  }

  /** Pauses announcements after an outage of the store, until all gateways receive them again. */
  settle(): void {
    this.#quietUntil = this.#clock() + settleMs;
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    this.#running++;
    for (let next = await this.#next(); next; next = await this.#next()) {
      try {
        await this.#announce(next.person, next.status);
      } catch (error) {
        this.#logger.warn({ err: error }, 'failed to announce a status; will retry');
        // A later status of the same user takes precedence.
        if (!this.#waiting.has(next.person.userId) && !this.#stopped)
          this.#waiting.set(next.person.userId, next);
        await pause(retryMs, { ref: false });
      }
    }
    this.#running--;
  }

  async #next(): Promise<Waiting | undefined> {
    while (this.#quietUntil > this.#clock() && !this.#stopped)
      await pause(this.#quietUntil - this.#clock(), { ref: false });
    const [first] = this.#waiting.values();
    if (first) this.#waiting.delete(first.person.userId);
    return first;
  }

  async #announce({ userId, username }: Person, status: Status): Promise<void> {
    const { roomIds, userIds } = await ask(this.#bus, calls.getAudience, { userId });
    if (roomIds.length + userIds.length === 0 || this.#stopped) return;
    const isOnline = (await this.#store.online([userId])).has(userId);
    if (isOnline !== (status === 'online')) return;
    const timestamp = new Date(this.#clock()).toISOString();
    // A second key is certain here, so the message reaches every gateway.
    await this.#backplane.publish([userKey(userId), ...roomIds.map(roomKey), ...userIds.map(userKey)], {
      event: 'user_status',
      data: { userId, username, status, timestamp },
      exceptUser: userId,
      toMembers: true,
    });
  }
}
