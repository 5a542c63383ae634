import { roomKey, statusKey, type UserStatus, userKey } from '@parley/backplane';
import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Gatherer } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import { userQuestions } from '../membership/user-questions.ts';
import type { PresenceContext } from './presence-context.ts';
import type { Person, PresenceStore } from './presence-store.ts';

type Status = UserStatus['status']['status'];

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
 * Announces users who came online or went offline, to at most `PRESENCE_AUDIENCE` rooms and as many
 * people. Rooms with more than `RECEIPTS_UP_TO` members receive counts instead: see `RoomCounts`.
 * Announcements wait while the audience cannot be asked for. An announcement that is outdated by
 * then is dropped, so none arrive in the wrong order.
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
    const { PRESENCE_AUDIENCE: limit, RECEIPTS_UP_TO: upTo } = context.config;
    this.#audiences = userQuestions(
      (userIds) => ask(context.bus, calls.getAudiences, { userIds, limit, upTo }),
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
    const { blocks, backplane, clock, config, lastRelease } = this.#context;
    const [audience, exceptUsers] = await Promise.all([this.#audiences.get(userId), blocks.refresh(userId)]);
    if (exceptUsers === null) return;
    // A directory of the last release names more.
    const rooms = audience.roomIds.slice(0, config.PRESENCE_AUDIENCE);
    const users = audience.userIds.slice(0, config.PRESENCE_AUDIENCE);
    if (rooms.length + users.length === 0 || this.#stopped) return;
    const isOnline = (await this.#context.store.online([userId])).has(userId);
    if (isOnline !== (status === 'online')) return;
    const timestamp = new Date(clock()).toISOString();
    const announcement = { status: { userId, username, status, timestamp }, rooms, users, exceptUsers };
    const published = backplane.publish([statusKey(userId)], announcement);
    if (lastRelease.runsBeside) await this.#announceToLastRelease(announcement);
    await published;
  }

  /** One message to every gateway, which those of this release ignore. */
  async #announceToLastRelease({ status, rooms, users, exceptUsers }: UserStatus): Promise<void> {
    // A second key is certain here, so the message reaches every gateway.
    const keys = [userKey(status.userId), ...rooms.map(roomKey), ...users.map(userKey)];
    await this.#context.backplane.publish(keys, {
      event: 'user_status',
      data: status,
      exceptUser: status.userId,
      exceptUsers,
      toMembers: true,
      forLastRelease: true,
    });
  }
}
