import { roomKey, userKey } from '@parley/backplane';
import { ask } from '@parley/bus';
import { calls, type ServerPayload } from '@parley/contracts';
import type { Gatherer } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import { userQuestions } from '../membership/user-questions.ts';
import type { PresenceContext } from './presence-context.ts';
import type { Person, PresenceStore } from './presence-store.ts';

type Status = ServerPayload<'user_status'>['status'];

interface Context extends PresenceContext {
  store: PresenceStore;
}

interface Waiting {
  person: Person;
  status: Status;
}

/** Enough for questions to gather. */
const atOnce = 32;
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
  readonly #context: Context;
  readonly #audiences: Gatherer<string, { roomIds: string[]; userIds: string[] }>;
  readonly #waiting = new Map<string, Waiting>();
  #running = 0;
  #quietUntil = 0;
  #stopped = false;

  constructor(context: Context) {
    this.#context = context;
    this.#audiences = userQuestions(
      (userIds) => ask(context.bus, calls.getAudiences, { userIds }),
      (userId) => ask(context.bus, calls.getAudience, { userId }),
    );
  }

  announce(person: Person, status: Status): void {
    if (this.#waiting.size >= maxWaiting || this.#stopped) return;
    this.#waiting.set(person.userId, { person, status });
    if (this.#running < atOnce) void this.#run();
  }

  /** Pauses announcements after an outage of the store, until all gateways receive them again. */
  settle(): void {
    this.#quietUntil = this.#context.clock() + settleMs;
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
        this.#context.logger.warn({ err: error }, 'failed to announce a status; will retry');
        // A later status of the same user takes precedence.
        if (!this.#waiting.has(next.person.userId) && !this.#stopped)
          this.#waiting.set(next.person.userId, next);
        await pause(retryMs, { ref: false });
      }
    }
    this.#running--;
  }

  async #next(): Promise<Waiting | undefined> {
    while (this.#quietUntil > this.#context.clock() && !this.#stopped)
      await pause(this.#quietUntil - this.#context.clock(), { ref: false });
    const [first] = this.#waiting.values();
    if (first) this.#waiting.delete(first.person.userId);
    return first;
  }

  async #announce({ userId, username }: Person, status: Status): Promise<void> {
    const { blocks } = this.#context;
    const [{ roomIds, userIds }, exceptUsers] = await Promise.all([
      this.#audiences.get(userId),
      blocks.refresh(userId),
    ]);
    if (exceptUsers === null) return;
    if (roomIds.length + userIds.length === 0 || this.#stopped) return;
    const isOnline = (await this.#context.store.online([userId])).has(userId);
    if (isOnline !== (status === 'online')) return;
    const timestamp = new Date(this.#context.clock()).toISOString();
    // A second key is certain here, so the message reaches every gateway.
    await this.#context.backplane.publish(
      [userKey(userId), ...roomIds.map(roomKey), ...userIds.map(userKey)],
      {
        event: 'user_status',
        data: { userId, username, status, timestamp },
        exceptUser: userId,
        exceptUsers,
        toMembers: true,
      },
    );
  }
}
