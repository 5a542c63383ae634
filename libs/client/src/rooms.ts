import type { ServerPayload } from '@parley/contracts';
import { forEachLimit } from '@parley/runtime/async';
import type { SessionEvents, TimelineEvent } from './events.ts';
import type { Link } from './link.ts';
import { timelineEvent } from './live-events.ts';
import { ParleyError } from './parley-error.ts';
import { Resumer, type ResumerDeps, RoomFeed } from './resumer.ts';
import { type RetryDeps, untilDeadline } from './retry.ts';

export interface RoomsDeps extends RetryDeps, Pick<ResumerDeps, 'sync' | 'historyAfter'> {
  emit: <E extends keyof SessionEvents>(name: E, event: SessionEvents[E]) => void;
}

/** How long to retry joining after a reconnect; then the next reconnect tries again. */
const joinDeadlineMs = 60_000;
/** Maximum number of joins in flight, below the server's limit of events per second. */
const joinsAtOnce = 8;

/** The followed rooms. Joins them on every link, orders their events and fetches missed ones. */
export class Rooms {
  readonly #deps: RoomsDeps;
  readonly #feeds = new Map<string, RoomFeed>();
  readonly #resumer: Resumer;
  /** How many events were emitted late since the link was lost; undefined once all were. */
  #missed: number | undefined;
  #wasOnline = false;

  constructor(deps: RoomsDeps) {
    this.#deps = deps;
    this.#resumer = new Resumer({
      sync: deps.sync,
      historyAfter: deps.historyAfter,
      feedOf: (roomId) => this.#feeds.get(roomId),
      emitEvents: (events) => {
        if (this.#missed !== undefined) this.#missed += events.length;
        this.#emitEvents(events);
      },
      emitRead: (read) => deps.emit('read', read),
      reset: (roomId) => deps.emit('reset', { roomId }),
      gone: (roomId) => this.#remove(roomId, 'removed'),
      random: deps.random,
      signal: deps.connection.signal,
    });
  }

  async join(roomId: string, since: number | undefined, deadlineMs: number): Promise<void> {
    if (this.#feeds.has(roomId)) return;
    const feed = new RoomFeed(since);
    this.#feeds.set(roomId, feed);
    try {
      await untilDeadline(this.#deps, this.#deps.clock() + deadlineMs, (link, timeoutMs) =>
        this.#subscribe(link, roomId, feed, timeoutMs),
      );
    } catch (error) {
      if (this.#feeds.get(roomId) === feed) this.#feeds.delete(roomId);
      throw error;
    }
  }

  /**
   * Stops following a room. An unreachable link needs no message, because the next one will not
   * join the room.
   */
  async leave(roomId: string, link: () => Promise<Link>): Promise<void> {
    if (this.#feeds.delete(roomId)) await (await link()).request('leave_room', { roomId }, joinDeadlineMs);
  }

  /** Counts missed events from now on: the resumer may fetch some before the next link opens. */
  offline(): void {
    if (this.#wasOnline) this.#missed ??= 0;
  }

  /** Joins every room on a new link and requests missed events. */
  async online(link: Link): Promise<void> {
    this.#resumer.hurry();
    this.#wasOnline = true;
    await forEachLimit(this.#feeds, joinsAtOnce, (room) => this.#rejoin(link, ...room));
    await this.#resumer.idle();
    // Otherwise, the next link completes it.
    if (!link.open) return;
    if (this.#missed !== undefined) this.#deps.emit('resumed', { missed: this.#missed });
    this.#missed = undefined;
  }

  event(name: string, payload: unknown): void {
    if (name === 'room_removed') {
      const { roomId, reason } = payload as ServerPayload<'room_removed'>;
      this.#remove(roomId, reason);
      return;
    }
    const event = timelineEvent(name, payload);
    const feed = event && this.#feeds.get(event.roomId);
    if (!feed) return;
    this.#emitEvents(feed.events.accept(event));
    if (feed.events.behind) this.#resumer.ask(event.roomId);
  }

  async #rejoin(link: Link, roomId: string, feed: RoomFeed): Promise<void> {
    const { clock, random, connection } = this.#deps;
    // Only on this link, because the next one joins the room anyway.
    const onThisLink = async () => {
      if (!link.open) throw new ParleyError('closed', 'The connection has ended.');
      return link;
    };
    const here = { clock, random, connection: { signal: connection.signal, link: onThisLink } };
    try {
      await untilDeadline(here, clock() + joinDeadlineMs, (_, timeoutMs) =>
        this.#subscribe(link, roomId, feed, timeoutMs),
      );
    } catch (error) {
      const { code, retryable } = ParleyError.from(error);
      if (!retryable && link.open && this.#feeds.get(roomId) === feed) this.#remove(roomId, code);
    }
  }

  async #subscribe(link: Link, roomId: string, feed: RoomFeed, timeoutMs: number): Promise<void> {
    const { seq } = (await link.request('join_room', { roomId }, timeoutMs)) as ServerPayload<'room_joined'>;
    if (this.#feeds.get(roomId) !== feed) return;
    const { events } = feed;
    const resumes = events.last !== undefined;
    this.#emitEvents(events.begin(seq));
    if (resumes) events.check();
    if (events.behind) this.#resumer.ask(roomId);
  }

  #remove(roomId: string, reason: string): void {
    if (this.#feeds.delete(roomId)) this.#deps.emit('removed', { roomId, reason });
  }

  #emitEvents(events: readonly TimelineEvent[]): void {
    for (const event of events) this.#deps.emit(event.type, event as never);
  }
}
