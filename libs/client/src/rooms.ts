import type { ServerPayload } from '@parley/contracts';
import { chunks, forEachLimit } from '@parley/runtime/async';
import type { RoomCursor, SyncAnswer } from './answers.ts';
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
/** Rooms per `resume`. */
const resumedAtOnce = 100;

/** The acknowledgement of `resume`. */
interface Resumed extends SyncAnswer {
  /** The server does not deliver these rooms. */
  unheard: string[];
}

/** The followed rooms. Joins them on every link, orders their events and fetches missed ones. */
export class Rooms {
  readonly #deps: RoomsDeps;
  readonly #feeds = new Map<string, RoomFeed>();
  readonly #resumer: Resumer;
  /** How many events were emitted late since the link was lost; undefined once all were. */
  #missed: number | undefined;
  /** The last sign of life before the absence; undefined once it is over. */
  #absentSince: number | undefined;
  #link: Link | undefined;
  /** Resolves when the present link has joined the rooms again. */
  #resuming: Promise<void> = Promise.resolve();

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
    if (!this.#feeds.delete(roomId)) return;
    // A resume that names the room must not join it afterwards.
    await this.#resuming;
    await (await link()).request('leave_room', { roomId }, joinDeadlineMs);
  }

  /** Counts missed events from now on: the resumer may fetch some before the next link opens. */
  offline(): void {
    if (!this.#link) return;
    this.#missed ??= 0;
    this.#absentSince ??= this.#link.receivedAt;
  }

  /** Everything in the room up to here was emitted. */
  seqOf(roomId: string): number | undefined {
    return this.#feeds.get(roomId)?.events.last;
  }

  onlineIn(roomId: string): number | undefined {
    return this.#feeds.get(roomId)?.online;
  }

  /** Joins every room on a new link and requests missed events: in one call, if they fit. */
  async online(link: Link): Promise<void> {
    this.#resumer.hurry();
    this.#link = link;
    // A room that has shrunk is not counted any more.
    for (const feed of this.#feeds.values()) feed.online = undefined;
    const started = [...this.#feeds].flatMap(([roomId, { events }]) =>
      events.last === undefined ? [] : [roomId],
    );
    const others = [...this.#feeds.keys()].filter((roomId) => !started.includes(roomId));
    this.#resuming = this.#resumeAll(link, started);
    await Promise.all([this.#resuming, this.#rejoinAll(link, others)]);
    await this.#resumer.idle();
    // Otherwise, the next link completes it.
    if (!link.open) return;
    const [missed, since] = [this.#missed, this.#absentSince];
    this.#missed = undefined;
    this.#absentSince = undefined;
    if (missed === undefined) return;
    const now = this.#deps.clock();
    this.#deps.emit('resumed', { missed, absentMs: Math.max(now - (since ?? now), 0) });
  }

  event(name: string, payload: unknown): void {
    if (name === 'room_removed') {
      const { roomId, reason } = payload as ServerPayload<'room_removed'>;
      this.#remove(roomId, reason);
      return;
    }
    if (name === 'room_presence') {
      this.#counted(payload as ServerPayload<'room_presence'>);
      return;
    }
    const event = timelineEvent(name, payload);
    const feed = event && this.#feeds.get(event.roomId);
    if (!feed) return;
    this.#emitEvents(feed.events.accept(event));
    if (feed.events.behind) this.#resumer.ask(event.roomId);
  }

  #counted(event: ServerPayload<'room_presence'>): void {
    const feed = this.#feeds.get(event.roomId);
    if (!feed) return;
    feed.online = event.online;
    this.#deps.emit('roomPresence', event);
  }

  async #resumeAll(link: Link, roomIds: readonly string[]): Promise<void> {
    const resume = (rooms: RoomCursor[]) =>
      this.#onLink(link, (timeoutMs) => link.request('resume', { rooms }, timeoutMs)) as Promise<Resumed>;
    for (const some of chunks(roomIds, resumedAtOnce)) {
      const left = await this.#resumer.resume(some, resume).then(
        ({ unheard }) => unheard,
        () => some,
      );
      // Joined one by one, the server says of each what is wrong.
      await this.#rejoinAll(link, left);
    }
  }

  async #rejoinAll(link: Link, roomIds: readonly string[]): Promise<void> {
    await forEachLimit(roomIds, joinsAtOnce, async (roomId) => {
      const feed = this.#feeds.get(roomId);
      if (feed && link.open) await this.#rejoin(link, roomId, feed);
    });
  }

  /** Retries on this link only, because the next one joins the rooms anyway. */
  #onLink<T>(link: Link, attempt: (timeoutMs: number) => Promise<T>): Promise<T> {
    const { clock, random, connection } = this.#deps;
    const onThisLink = async () => {
      if (!link.open) throw new ParleyError('closed', 'The connection has ended.');
      return link;
    };
    const here = { clock, random, connection: { signal: connection.signal, link: onThisLink } };
    return untilDeadline(here, clock() + joinDeadlineMs, (_, timeoutMs) => attempt(timeoutMs));
  }

  async #rejoin(link: Link, roomId: string, feed: RoomFeed): Promise<void> {
    try {
      await this.#onLink(link, (timeoutMs) => this.#subscribe(link, roomId, feed, timeoutMs));
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
