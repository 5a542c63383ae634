import { ask } from '@parley/bus';
import {
  type CallInput,
  calls,
  type Envelope,
  type EventOf,
  type EventType,
  parseEvent,
} from '@parley/contracts';
import { backoff, pause } from '@parley/runtime/async';
import type { ConsumersContext } from './consumers-context.ts';
import { SeenEvents } from './seen-events.ts';

const pageSize = 500;
/** Beyond so many events, asking about all subscribers costs less. */
const maxPages = 40;
const retryMs = 100;
/** The directory comes back later than this gateway when both have lost the broker. */
const patienceMs = 30_000;
/** A directory of the last release does not answer. To be removed in the next release. */
const impatienceMs = 2_000;
const beginPauses = { firstMs: 500, maxMs: 30_000 };

type Event = EventOf<EventType>;

/**
 * The directory's events, each once and in order, also across an outage of the broker: events name
 * a position in the directory's log, from which this gateway resumes. Live events wait meanwhile.
 * When too much was missed, everything that they would have changed is asked for.
 */
export class DirectoryFeed {
  readonly #context: Pick<ConsumersContext, 'bus' | 'logger' | 'memberships' | 'recheck'>;
  readonly #apply: (event: Event) => void;
  readonly #seen = new SeenEvents();
  readonly #stopping = new AbortController();
  /** Everything up to here has been applied. Undefined: unknown. */
  #position: number | undefined;
  #catchingUp: Promise<void> | undefined;

  constructor(
    context: Pick<ConsumersContext, 'bus' | 'logger' | 'memberships' | 'recheck'>,
    apply: (event: Event) => void,
  ) {
    this.#context = context;
    this.#apply = apply;
  }

  /** Learns the present position, once this process receives live events. Never rejects. */
  async begin(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; this.#position === undefined && !signal.aborted; failures++) {
      const page = await this.#ask({ limit: 1 }).catch(() => undefined);
      if (page) this.#position ??= page.after;
      else await pause(backoff(failures, beginPauses), { signal, ref: false });
    }
  }

  /** A live event. Resolves when it is applied, so that those behind it wait, too. */
  async receive(envelope: Envelope): Promise<void> {
    while (this.#catchingUp !== undefined) await this.#catchingUp;
    const event = parseEvent(envelope);
    if (event && this.#seen.isNew(event.id)) this.#apply(event);
    // Events of the last release name none, because they are in no log.
    this.#position = envelope.position;
  }

  /** Live events may be missing before the next one. */
  interrupted(): void {
    const done = (this.#catchingUp ?? Promise.resolve())
      .then(() => this.#catchUp())
      .finally(() => {
        if (this.#catchingUp === done) this.#catchingUp = undefined;
      });
    this.#catchingUp = done;
    this.#context.memberships.suspend(done);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #catchUp(): Promise<void> {
    const missed = await this.#readMissed();
    if (this.#stopping.signal.aborted) return;
    if (missed) for (const event of withoutReturned(missed)) this.#applyMissed(event);
    else this.#context.recheck();
  }

  /** Undefined if they cannot be read. */
  async #readMissed(): Promise<Event[] | undefined> {
    const { signal } = this.#stopping;
    const missed: Event[] = [];
    const since = performance.now();
    const givenMs = this.#position === undefined ? impatienceMs : patienceMs;
    let cursor: CallInput<typeof calls.getDirectoryEvents> = { after: this.#position, limit: pageSize };
    for (let pages = 0; pages < maxPages && !signal.aborted; ) {
      try {
        const page = await this.#ask(cursor);
        missed.push(...page.events.flatMap((event) => parseEvent(event) ?? []));
        if (page.isComplete && page.hasMore) {
          cursor = { after: page.after, waitingAfter: page.waitingAfter, limit: pageSize };
          pages += 1;
          continue;
        }
        this.#position = page.after;
        return page.isComplete ? missed : undefined;
      } catch (error) {
        if (performance.now() - since > givenMs) return undefined;
        this.#context.logger.warn({ err: error }, 'failed to read missed directory events; will retry');
        await pause(retryMs, { signal });
      }
    }
    return undefined;
  }

  #applyMissed(event: Event): void {
    if (!this.#seen.isNew(event.id)) return;
    try {
      this.#apply(event);
    } catch (error) {
      const { id: eventId, type: eventType } = event;
      this.#context.logger.error({ err: error, eventId, eventType }, 'a missed event failed; skipped');
    }
  }

  #ask(cursor: CallInput<typeof calls.getDirectoryEvents>) {
    return ask(this.#context.bus, calls.getDirectoryEvents, cursor);
  }
}

/** Leaves out departures of members who have returned since. They were not seen to be away. */
function withoutReturned(events: readonly Event[]): Event[] {
  const joinedAt = new Map<string, number>();
  for (const event of events)
    if (event.type === 'member.joined') {
      const { roomId, membership } = event.data;
      joinedAt.set(`${roomId} ${membership.userId}`, membership.version);
    }
  return events.filter(
    ({ type, data }) =>
      type !== 'member.left' || (joinedAt.get(`${data.roomId} ${data.userId}`) ?? 0) < data.version,
  );
}
