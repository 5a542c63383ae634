import type { CallOutput, CallQuestion, calls, EventOf, EventType } from '@parley/contracts';

type Event = EventOf<EventType>;
type Question = CallQuestion<typeof calls.getDirectoryEvents>;

/** The directory's outbox and its log, in memory. */
export class FakeLog {
  readonly #published: Event[] = [];
  readonly #waiting = new Map<number, Event>();
  #added = 0;
  /** The questions that were asked about events. */
  readonly asked: Question[] = [];
  /** Events up to here are no longer kept. */
  forgotten = 0;

  add(event: Event): void {
    this.#added += 1;
    this.#waiting.set(this.#added, event);
  }

  async publish(event: Event, publish: (event: Event) => Promise<void>): Promise<void> {
    await publish({ ...event, position: this.#published.length });
    for (const [id, waiting] of this.#waiting) if (waiting === event) this.#waiting.delete(id);
    this.#published.push(event);
  }

  read(question: Question): CallOutput<typeof calls.getDirectoryEvents> {
    const { after, waitingAfter, limit } = question;
    const head = this.#published.length;
    if (after !== undefined) this.asked.push(question);
    if (after === undefined || after < this.forgotten)
      return { events: [], isComplete: false, after: head, waitingAfter: 0, hasMore: false };
    const published = this.#published.slice(after, after + limit);
    const left = limit - published.length;
    const waiting = [...this.#waiting].filter(([id]) => id > waitingAfter).slice(0, left);
    return {
      events: [...published, ...waiting.map(([, event]) => event)],
      isComplete: true,
      after: after + published.length,
      waitingAfter: waiting.at(-1)?.[0] ?? waitingAfter,
      hasMore: waiting.length === left,
    };
  }
}
