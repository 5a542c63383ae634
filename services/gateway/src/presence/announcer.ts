import { setTimeout as delay } from 'node:timers/promises';
import { ask, type Bus } from '@parley/bus';
import { calls, type ServerPayload } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import type { Fleet } from '../delivery/fleet.ts';
import { roomKey, userKey } from '../delivery/keys.ts';
import type { Person, PresenceStore } from './presence-store.ts';

type Status = ServerPayload<'user_status'>['status'];

const atOnce = 8;
const retryMs = 1_000;
const mostWaiting = 50_000;

/**
 * Tells people who came or went. What cannot be told now (nobody to ask who is concerned) waits; what is no longer true by then is
 * left out, so that nobody is told things in the wrong order.
 */
export class Announcer {
  readonly #bus: Bus;
  readonly #store: PresenceStore;
  readonly #fleet: Fleet;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, { person: Person; status: Status }>();
  #running = 0;
  #stopped = false;

  constructor(deps: { bus: Bus; store: PresenceStore; fleet: Fleet; clock: Clock; logger: Logger }) {
    this.#bus = deps.bus;
    this.#store = deps.store;
    this.#fleet = deps.fleet;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  announce(person: Person, status: Status): void {
    if (this.#waiting.size >= mostWaiting) return;
    this.#waiting.set(person.userId, { person, status });
    if (this.#running < atOnce) void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    this.#running++;
    for (let next = this.#next(); next && !this.#stopped; next = this.#next()) {
      try {
        await this.#tell(next.person, next.status);
      } catch (error) {
        this.#logger.warn({ err: error }, 'a status has to wait');
        // A later status of the same person counts more.
        if (!this.#waiting.has(next.person.userId)) this.#waiting.set(next.person.userId, next);
        await delay(retryMs, undefined, { ref: false });
      }
    }
    this.#running--;
  }

  #next(): { person: Person; status: Status } | undefined {
    const [first] = this.#waiting.values();
    if (first) this.#waiting.delete(first.person.userId);
    return first;
  }

  async #tell({ userId, username }: Person, status: Status): Promise<void> {
    const { roomIds, userIds } = await ask(this.#bus, calls.getAudience, { userId });
    const [key, ...others] = [...roomIds.map(roomKey), ...userIds.map(userKey)];
    if (!key || this.#stopped) return;
    const isOnline = (await this.#store.online([userId])).has(userId);
    if (isOnline !== (status === 'online')) return;
    const timestamp = new Date(this.#clock()).toISOString();
    await this.#fleet.publish([key, ...others], {
      event: 'user_status',
      data: { userId, username, status, timestamp },
      exceptUser: userId,
    });
  }
}
